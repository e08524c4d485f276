package dev.millrace.user;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;

import dev.millrace.redis.VirtualRedis;

/** The sessions of a user on the virtual Redis, with the calls that examples make. */
final class ExampleRecords {

    static final long DAY = 86_400_000;
    static final String A = "a".repeat(20);
    static final String B = "b".repeat(20);
    static final String C = "c".repeat(20);
    static final String D = "d".repeat(20);
    static final String DEVICE = "{\"userAgent\":\"x\"}";
    static final int ANY_SIZE = 100_000;

    final VirtualRedis redis = VirtualRedis.fresh();
    final VirtualUser user = new VirtualUser(redis, RecordKind.SESSION);
    final Owner owner = new Owner(VirtualUser.TENANT, RecordKind.SESSION, user.key());

    void pass(long ms) {
        redis.advance(ms * 1000);
    }

    RecordState add(String id, long idle, long life) {
        return add(id, "", idle, life, 10, false);
    }

    RecordState add(String id, String device, long idle, long life, int most, boolean evict) {
        return user.add(id, "digest-" + id, "{\"of\":\"" + id.charAt(0) + "\"}", device, "0", idle, life, most, evict);
    }

    List<String> listed() {
        return user.list(100, null, ANY_SIZE).records().stream().map(StoredRecord::id).toList();
    }

    /** Of each event the type, the first letter of the id, and what else it has. */
    List<String> told() {
        List<String> told = new ArrayList<>();
        for (List<?> event : user.events()) {
            assertEquals(List.of("type", "id", "user", VirtualUser.NAME),
                    List.of(event.get(0), event.get(2), event.get(4), event.get(5)));
            String id = (String) event.get(3);
            told.add(event.get(1) + " " + (id.isEmpty() ? "" : id.charAt(0)) + event.subList(6, event.size()));
        }
        return told;
    }

    boolean isKept(String key) {
        return redis.content().containsKey(key);
    }
}
