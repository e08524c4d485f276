package dev.millrace.auth;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The scopes that an API key can have; each also as {@code <scope>:read}. */
public final class Scopes {

    public static final String RATELIMIT = "ratelimit";
    public static final String RATELIMIT_READ = "ratelimit:read";
    public static final String SESSIONS = "sessions";
    public static final String SESSIONS_READ = "sessions:read";
    public static final String CACHE = "cache";
    public static final String CACHE_READ = "cache:read";
    public static final String QUEUES = "queues";
    public static final String QUEUES_READ = "queues:read";
    public static final String REDIS = "redis";
    public static final String REDIS_READ = "redis:read";
    public static final String ADMIN = "admin";
    public static final String ADMIN_READ = "admin:read";

    /** All scopes, without the {@code :read} forms. */
    static final Set<String> ALL = Set.of(RATELIMIT, SESSIONS, CACHE, QUEUES, "realtime", REDIS, ADMIN);

    private static final Set<String> KNOWN = ALL.stream().flatMap(s -> Stream.of(s, s + ":read"))
            .collect(Collectors.toUnmodifiableSet());

    private Scopes() {}

    static boolean isKnown(String scope) {
        return KNOWN.contains(scope);
    }
}
