package dev.millrace.user;

import java.util.HashMap;
import java.util.Map;

import io.vertx.redis.client.Response;

/**
 * A change of a session or of a family of refresh tokens.
 *
 * @param type such as {@code session.expired}
 * @param fields {@code id} and {@code user}; {@code reason} and {@code except} where they apply. None is empty.
 */
public record UserEvent(EventPosition position, String type, Map<String, String> fields) {

    /** Parses an entry of a partition's stream. */
    static UserEvent of(int partition, Response entry) {
        Map<String, String> fields = new HashMap<>();
        Response pairs = entry.get(1);
        for (int i = 0; i < pairs.size(); i += 2) {
            String value = pairs.get(i + 1).toString();
            if (!value.isEmpty()) {
                fields.put(pairs.get(i).toString(), value);
            }
        }
        return new UserEvent(EventPosition.of(partition, entry.get(0).toString()), fields.remove("type"), fields);
    }
}
