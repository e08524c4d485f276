package dev.millrace.edge;

import static dev.millrace.Api.MATRIX;
import static dev.millrace.Api.as;
import static dev.millrace.Api.json;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import dev.millrace.Api;
import dev.millrace.redis.RedisConversation;

/** What the tenant of the matrix has in Redis: something of each kind, so that a call that got through would change it. */
final class MatrixTenant {

    /** Is in the data of whatever can hold data. */
    static final String SECRET = "data-of-the-tenant";

    private static final String KEY = Api.ofMatrix("ratelimit,sessions,cache,queues,redis,admin");

    private final RedisConversation redis;
    private final Map<String, String> examples = new TreeMap<>(Map.of("policy", "login", "identifier", "user-42",
            "region", "products", "key", "matrix-key", "queue", "email", "name", "nightly", "userId", "user-42"));

    MatrixTenant(RedisConversation redis) {
        this.redis = redis;
    }

    /** Stores something of each kind, in place of what was there. */
    void fill() {
        redis.keys("mr:{" + MATRIX + ":*").forEach(key -> redis.call("DEL", key));
        put("/v1/ratelimit/policies/login", "{'algorithm':'fixed-window','limit':1000000,'window':'1h'}");
        put("/v1/ratelimit/policies/exports", "{'algorithm':'concurrency','limit':1000,'window':'1h'}");
        post("/v1/ratelimit/login/user-42", "");
        examples.put("lease", post("/v1/ratelimit/exports/user-42/leases", "", "lease"));
        put("/v1/cache/regions/products", "{'ttl':'1h'}");
        put("/v1/cache/products/matrix-key", "{'a':'" + SECRET + "'}");
        put("/v1/queues/email", "{'concurrency':20}");
        examples.put("path", "auth");
        examples.put("id",
                post("/v1/queues/email/jobs", "{'type':'t','data':{'a':'" + SECRET + "'},'delay':'1h'}", "id"));
        examples.put("group", "vip");
        put("/v1/queues/email/groups/vip", "{'concurrency':2}");
        put("/v1/queues/email/schedules/nightly", "{'every':'1d','job':{'type':'t','data':{'a':'" + SECRET + "'}}}");
        examples.put("Session-Token",
                post("/v1/sessions", "{'userId':'user-42','data':{'cart':['" + SECRET + "']}}", "token"));
        examples.put("family", post("/v1/tokens", "{'userId':'user-42','claims':{'a':'" + SECRET + "'}}", "family"));
    }

    private static void put(String path, String body) {
        as(KEY, json(body)).put(path).then().statusCode(org.hamcrest.Matchers.lessThan(300));
    }

    private static String post(String path, String body, String... field) {
        var answer = (body.isEmpty() ? as(KEY) : as(KEY, json(body))).post(path).then()
                .statusCode(org.hamcrest.Matchers.lessThan(300)).extract();
        return field.length == 0 ? "" : answer.path(field[0]).toString();
    }

    /** A value of a parameter, by its name. */
    String example(String parameter) {
        String example = examples.get(parameter);
        if (example == null) {
            throw new AssertionError("MatrixTenant needs an example of the parameter " + parameter);
        }
        return example;
    }

    /** All that the tenant has, by key. */
    Map<String, String> content() {
        Map<String, String> content = new TreeMap<>();
        for (String key : redis.keys("mr:{" + MATRIX + ":*")) {
            // Set by a replica each second, for whatever tenant.
            if (!key.endsWith("user:sweep}:turn")) {
                content.put(key, value(key));
            }
        }
        return content;
    }

    private String value(String key) {
        return switch (redis.call("TYPE", key).toString()) {
            case "string" -> redis.call("GET", key).toString();
            case "hash" -> hash(redis.list("HGETALL", key));
            case "zset" -> redis.list("ZRANGE", key, 0, -1, "WITHSCORES").toString();
            case "set" -> sorted(redis.list("SMEMBERS", key));
            case "list" -> redis.list("LRANGE", key, 0, -1).toString();
            case "stream" -> redis.list("XRANGE", key, "-", "+").toString();
            default -> "gone";
        };
    }

    /** All fields but the time that the maintenance of a queue notes. */
    private static String hash(List<?> fieldsAndValues) {
        Map<String, String> hash = new TreeMap<>();
        for (int i = 0; i < fieldsAndValues.size(); i += 2) {
            hash.put(fieldsAndValues.get(i).toString(), fieldsAndValues.get(i + 1).toString());
        }
        hash.remove("clock");
        return hash.toString();
    }

    private static String sorted(List<?> items) {
        return items.stream().map(Object::toString).sorted().toList().toString();
    }
}
