package dev.millrace.session;

import java.util.ArrayList;
import java.util.List;

import dev.millrace.redis.VirtualRedis;

/** The scripts behind one user's sessions, called as the service calls them, under virtual time. */
final class SessionScripts {

    static final String USER = "user one";
    static final String OWNER = "s:one";
    static final String RECORDS = "records";
    static final String INDEX = "index";
    static final String DUE = "due";
    static final String EVENTS = "events";
    /** More than any history tells. */
    private static final int EVENTS_KEPT = 1000;
    private static final List<String> TWO_KEYS = List.of(RECORDS, INDEX);
    private static final List<String> KEYS = List.of(RECORDS, INDEX, DUE, EVENTS);

    private final VirtualRedis redis;

    SessionScripts(VirtualRedis redis) {
        this.redis = redis;
    }

    /** The present moment in ms. */
    long now() {
        return redis.now() / 1000;
    }

    Object create(String id, String digest, String device, String authTime, long idle, long absolute, int most,
            boolean evict) {
        return redis.raw("user/add-4", KEYS, List.of(id, digest, USER, "{}", device, authTime, idle, absolute, most,
                evict ? 1 : 0, "session", OWNER, EVENTS_KEPT));
    }

    Object current(String id, String digest, boolean touch) {
        return redis.raw("session/current-2", TWO_KEYS, List.of(id, digest, touch ? 1 : 0));
    }

    Object patch(String id, String digest, String patch, List<Long> versions, int most) {
        StringBuilder required = new StringBuilder(versions.isEmpty() ? "" : " ");
        versions.forEach(version -> required.append(version).append(' '));
        return redis.raw("session/patch-2", TWO_KEYS, List.of(id, digest, patch, required, most));
    }

    Object rotate(String id, String digest, String successor, boolean reauthenticated) {
        return redis.raw("session/rotate-1", List.of(RECORDS),
                List.of(id, digest, successor, reauthenticated ? 1 : 0));
    }

    /** The digest is empty for any. */
    Object remove(String id, String digest, String reason) {
        return redis.raw("user/remove-4", KEYS, List.of(id, digest, "session", reason, OWNER, EVENTS_KEPT));
    }

    Object removeAll(String except) {
        return redis.raw("user/remove-all-4", KEYS, List.of(except, "session", OWNER, EVENTS_KEPT));
    }

    Object expire(int most) {
        return redis.raw("user/expire-4", KEYS, List.of("session", OWNER, most, EVENTS_KEPT));
    }

    /** The owners that may have something to expire. */
    Object due() {
        return redis.raw("user/due-N", List.of(DUE), List.of(100));
    }

    List<?> list(int limit, String before, int bytes) {
        return (List<?>) redis.raw("user/list-2", TWO_KEYS, List.of(limit, before, bytes));
    }

    /** The fields of all that has been told, in order. */
    List<List<?>> events() {
        List<List<?>> events = new ArrayList<>();
        for (Object entry : (List<?>) redis.call("XRANGE", EVENTS, "-", "+")) {
            events.add((List<?>) ((List<?>) entry).get(1));
        }
        return events;
    }
}
