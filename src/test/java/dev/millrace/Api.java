package dev.millrace;

import static io.restassured.RestAssured.given;
import static java.util.Map.entry;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import io.restassured.RestAssured;
import io.restassured.config.RestAssuredConfig;
import io.restassured.http.ContentType;
import io.restassured.specification.RequestSpecification;

/** How tests call the service: the API keys it is given, and the calls many of them make. */
public final class Api {

    /** May do everything in tenant {@code main}. */
    public static final String ADMIN = "mr_admin_0f5cGk2vQ9xTzR4nLb7w";
    /** May look at limits in tenant {@code main}. */
    public static final String READER = "mr_reader_Xq81mZs6Yt3uPd0hJe5a";
    /** May consume in tenant {@code main}, but define nothing. */
    public static final String LIMITER = "mr_limiter_B7rWc2oNf9iKs4gVy6u1";
    /** May look at sessions in tenant {@code main}. */
    public static final String SESSION_READER = "mr_watcher_Tn4gVb1yKe8sWq6cZj9o";
    /** May store in the cache of tenant {@code main}, but define nothing. */
    public static final String CACHER = "mr_cacher_Jd7sYf0hLw3nBx5tMq2c";
    /** May read the cache of tenant {@code main}. */
    public static final String CACHE_READER = "mr_peeker_Ru9vEa4kZp1gHs6iCo8y";
    /** May produce and work jobs in tenant {@code main}, but set nothing. */
    public static final String WORKER = "mr_worker_Wq5tZk1nMv8rDx3bLs7e";
    /** May look at queues in tenant {@code main}. */
    public static final String QUEUE_READER = "mr_onlooker_Pb2yUc6jGf9aHo4iNz0v";
    /** May run Redis' commands. */
    public static final String COMMANDER = "mr_commander_Vx4cQa9tLm2rKe7wBz0u";
    /** May run those of Redis' commands that read. */
    public static final String COMMAND_READER = "mr_inspector_Gs6yNd1kTp8hCf3vWo5j";
    /** May consume and define, and all about sessions, the cache and queues, in tenant {@code other}. */
    public static final String OTHER = "mr_other_Hm3pLd8tEa5jQx1zRk0w";

    /** The tenant of the keys of {@link #ofMatrix}, which no other test uses. */
    public static final String MATRIX = "matrix";
    /** May do everything in a tenant that only the matrix uses, too. */
    public static final String NEIGHBOR = "mr_neighbor_Kq3xVt8wLs5nCz1pFd7h";
    /** What a key of {@link #ofMatrix} may do: each scope alone, and all of them. */
    public static final List<String> MATRIX_SCOPES = List.of("ratelimit", "ratelimit:read", "sessions", "sessions:read",
            "cache", "cache:read", "queues", "queues:read", "redis", "redis:read", "admin", "admin:read", "realtime",
            "ratelimit,sessions,cache,queues,redis,admin");

    private static final Map<String, String> SCOPES = Map.ofEntries(
            entry(ADMIN, "ratelimit,sessions,cache,queues,realtime,redis,admin"),
            entry(READER, "ratelimit:read"),
            entry(LIMITER, "ratelimit"),
            entry(SESSION_READER, "sessions:read"),
            entry(CACHER, "cache"),
            entry(CACHE_READER, "cache:read"),
            entry(WORKER, "queues"),
            entry(QUEUE_READER, "queues:read"),
            entry(COMMANDER, "redis"),
            entry(COMMAND_READER, "redis:read"),
            entry(NEIGHBOR, "ratelimit,sessions,cache,queues,admin"),
            entry(OTHER, "ratelimit,sessions,cache,queues,admin"));

    private Api() {}

    /** What the service must be configured with to know the keys. */
    public static Map<String, String> keyConfiguration() {
        Map<String, String> config = new HashMap<>();
        SCOPES.forEach((key, scopes) -> {
            String[] parts = key.split("_", 3);
            String prefix = "millrace.auth.keys." + parts[1];
            config.put(prefix + ".sha256", sha256(parts[2]));
            config.put(prefix + ".scopes", scopes);
            config.put(prefix + ".tenant", key.equals(OTHER) ? "other" : key.equals(NEIGHBOR) ? "neighbor" : "main");
        });
        for (String scopes : MATRIX_SCOPES) {
            String[] parts = ofMatrix(scopes).split("_", 3);
            String prefix = "millrace.auth.keys." + parts[1];
            config.put(prefix + ".sha256", sha256(parts[2]));
            config.put(prefix + ".scopes", scopes);
            config.put(prefix + ".tenant", MATRIX);
        }
        return config;
    }

    /** The key in the tenant {@value #MATRIX} that has these scopes, one of {@link #MATRIX_SCOPES}. */
    public static String ofMatrix(String scopes) {
        String id = scopes.contains(",") ? "matrix-all" : "matrix-" + scopes.replace(':', '-');
        return "mr_" + id + "_" + sha256("secret of " + id).substring(0, 24);
    }

    /** A request by the holder of {@code key}. Bodies are noted as they are: a deep one made pretty would fill the heap. */
    public static RequestSpecification as(String key) {
        RestAssuredConfig config = RestAssured.config();
        return given().config(config.logConfig(config.getLogConfig().enablePrettyPrinting(false)))
                .header("Authorization", "Bearer " + key);
    }

    /** As {@link #as}, with a JSON body. */
    public static RequestSpecification as(String key, String json) {
        return as(key).contentType(ContentType.JSON).body(json);
    }

    /** Defines a policy under a name of its own, by a JSON object in which quotes may be single, and returns the name. */
    public static String policy(String definition) {
        String name = "p-" + UUID.randomUUID();
        as(ADMIN, json(definition)).put("/v1/ratelimit/policies/" + name).then().statusCode(201);
        return name;
    }

    /** A policy of an algorithm with a window so long that nothing leaves it during a test. */
    public static String policy(String algorithm, int limit) {
        return policy("{'algorithm':'" + algorithm + "','limit':" + limit + ",'window':'1h'}");
    }

    /** Percent-encoded, as one segment of a path; for requests with {@code urlEncodingEnabled(false)}. */
    public static String encode(String segment) {
        return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** JSON with double quotes in place of single ones. */
    public static String json(String text) {
        return text.replace('\'', '"');
    }

    public static String sha256(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
