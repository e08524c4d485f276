package dev.millrace.redis;

import java.util.HashMap;
import java.util.Map;

/** Reads the reply to INFO. */
public final class RedisInfo {

    private RedisInfo() {}

    /** The fields of all sections. */
    public static Map<String, String> parse(String info) {
        Map<String, String> fields = new HashMap<>();
        info.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
            int colon = line.indexOf(':');
            if (colon > 0) {
                fields.put(line.substring(0, colon), line.substring(colon + 1).strip());
            }
        });
        return fields;
    }
}
