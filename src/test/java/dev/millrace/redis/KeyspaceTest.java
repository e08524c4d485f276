package dev.millrace.redis;

import static dev.millrace.Api.COMMANDER;
import static dev.millrace.Api.OTHER;
import static dev.millrace.Api.as;
import static dev.millrace.Api.json;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

import org.junit.jupiter.api.Test;

import com.sun.net.httpserver.HttpServer;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;

import dev.millrace.redis.KeyKind.Expiry;

/**
 * Guarantees of the register of keys: whatever the features write to Redis is registered, has the type that the register says, and a
 * TTL where the register promises one; and each kind in the register is written by some feature.
 */
@QuarkusTest
class KeyspaceTest {

    private static final String TENANT = "other";

    RedisConversation redis;

    /** Jobs in the backlog of one group, which is so long that a removed one is left in it for a moment. */
    private final List<String> behind = new ArrayList<>();

    private final String name = "k-" + UUID.randomUUID();

    @Test
    void everyKeyIsRegistered() throws Exception {
        HttpRequest follow = HttpRequest.newBuilder()
                .uri(URI.create("http://localhost:" + RestAssured.port + "/v1/queues/" + name + "/events"))
                .header("Authorization", "Bearer " + OTHER).header("Accept", "text/event-stream").build();
        try (InputStream events = HttpClient.newHttpClient().send(follow, BodyHandlers.ofInputStream()).body()) {
            Set<KeyKind> seen = EnumSet.noneOf(KeyKind.class);
            limit();
            useRecords();
            cache();
            work();
            seen.addAll(check());
            as(OTHER, json("{'groups':{'concurrency':2}}")).put("/v1/queues/" + name).then().statusCode(200);
            as(COMMANDER, "[\"SCRIPT\",\"LOAD\",\"return '" + name + "'\"]").post("/redis").then().statusCode(200);
            // Some live for less than a second.
            await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(50)).untilAsserted(() -> {
                if (!seen.contains(KeyKind.QUEUE_EVENTS)) {
                    post("/v1/queues/" + name + "/jobs", "{'type':'t'}", 201);
                }
                if (!seen.contains(KeyKind.QUEUE_GONE) || !seen.contains(KeyKind.QUEUE_GROUP_FRONT)) {
                    as(OTHER).delete("/v1/queues/" + name + "/jobs/" + behind.remove(behind.size() / 2)).then()
                            .statusCode(204);
                }
                seen.addAll(check());
                // Takes hundreds of removed jobs at the front of a group, and lasts until they are passed. QueueSweepBoundsTest sees it.
                seen.remove(KeyKind.QUEUE_SEEKING);
                assertEquals(EnumSet.complementOf(EnumSet.of(KeyKind.QUEUE_SEEKING)), seen, "some feature writes each");
            });
            assertTrue(events != null);
        }
    }

    /** Checks each key of the tenant; returns the kinds that there are. */
    private Set<KeyKind> check() {
        Set<KeyKind> seen = EnumSet.noneOf(KeyKind.class);
        List<String> keys = new ArrayList<>(redis.keys("mr:{" + TENANT + ":*"));
        keys.addAll(redis.keys("mr:{main:kv:*"));
        // A test of the slow log writes these itself.
        keys.removeIf(key -> key.contains(":ops:"));
        for (String key : keys) {
            List<KeyKind> kinds = Arrays.stream(KeyKind.values()).filter(kind -> kind.pattern().matcher(key).matches())
                    .toList();
            assertEquals(1, kinds.size(), key + " is registered as " + kinds);
            KeyKind kind = kinds.get(0);
            String type = (String) redis.call("TYPE", key);
            long ttl = redis.number("PTTL", key);
            if (type.equals("none") || ttl == -2) {
                continue;
            }
            seen.add(kind);
            assertEquals(kind.type().word(), type, key);
            assertTrue(kind.expiry() == Expiry.SOMETIMES || (ttl >= 0) == (kind.expiry() == Expiry.ALWAYS),
                    () -> key + " has a TTL of " + ttl);
        }
        return seen;
    }

    private void limit() {
        for (String algorithm : List.of("sliding-window", "sliding-window-counter", "fixed-window", "token-bucket")) {
            put("/v1/ratelimit/policies/" + name + algorithm,
                    "{'algorithm':'" + algorithm + "','limit':1,'window':'1h','denyPenalty':'1h'}");
            post("/v1/ratelimit/" + name + algorithm + "/u", "{'cost':1}", 200);
            post("/v1/ratelimit/" + name + algorithm + "/u", "{'cost':1}", 429);
        }
        put("/v1/ratelimit/policies/" + name, "{'algorithm':'concurrency','limit':1,'window':'1h'}");
        post("/v1/ratelimit/" + name + "/u/leases", "{}", 201);
    }

    private void useRecords() {
        post("/v1/sessions", "{'userId':'" + name + "'}", 201);
        post("/v1/tokens", "{'userId':'" + name + "'}", 201);
    }

    private void cache() throws IOException {
        put("/v1/cache/regions/" + name, "{'ttl':'1h','listKeys':true}");
        as(OTHER).contentType("text/plain").body("x").put("/v1/cache/" + name + "/k").then().statusCode(204);
        as(OTHER).get("/v1/cache/" + name + "/other?lease=60s").then().statusCode(404);
        HttpServer origin = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        origin.createContext("/", exchange -> {
            exchange.getResponseHeaders().add("Retry-After", "3600");
            exchange.sendResponseHeaders(429, -1);
            exchange.close();
        });
        origin.start();
        try {
            put("/v1/cache/regions/" + name + "-vary", "{'origin':'http://127.0.0.1:" + origin.getAddress().getPort()
                    + "/{key}','vary':['Accept-Language']}");
            as(OTHER).get("/v1/cache/" + name + "-vary/k").then().statusCode(429);
        } finally {
            origin.stop(0);
        }
    }

    private void work() {
        String queue = "/v1/queues/" + name;
        put(queue, "{'retention':{'completed':'1h'}}");
        post(queue + "/jobs", "{'jobs':[{'type':'done'},{'type':'dead'},{'type':'active'}]}", 201);
        List<Map<String, String>> jobs = as(OTHER, json("{'max':3,'lease':'1h'}")).post(queue + "/reserve").then()
                .statusCode(200).extract().path("jobs");
        post(queue + "/complete", "{'results':[{" + held(jobs.get(0)) + ",'result':1}]}", 200);
        post(queue + "/fail", "{'failures':[{" + held(jobs.get(1)) + ",'error':'E','dead':true}]}", 200);
        put(queue + "/groups/slow", "{'concurrency':2,'rate':{'limit':1,'window':'1h'}}");
        post(queue + "/jobs", "{'jobs':[{'type':'s','group':'slow'},{'type':'s','group':'slow'}]}", 201);
        post(queue + "/reserve", "{'max':2,'lease':'1h'}", 200);
        post(queue + "/jobs", "{'jobs':[{'type':'g','group':'g'},{'type':'g','group':'g'},{'type':'d','delay':'1h'},"
                + "{'type':'u','uniqueKey':'u','idempotencyKey':'i','priority':-5,'ttl':'1h'},"
                + "{'type':'u','uniqueKey':'t','throttle':'1h'}]}", 201);
        String many = "{'jobs':[" + String.join(",", Collections.nCopies(1000, "{'type':'t','group':'many'}")) + "]}";
        for (int i = 0; i < 7; i++) {
            behind.addAll(as(OTHER, json(many)).post(queue + "/jobs").then().statusCode(201).extract().path("jobs.id"));
        }
        put(queue + "/schedules/s", "{'every':'1h','job':{'type':'t'}}");
    }

    private static String held(Map<String, String> job) {
        return "'id':'" + job.get("id") + "','leaseToken':'" + job.get("leaseToken") + "'";
    }

    private static void put(String path, String body) {
        as(OTHER, json(body)).put(path).then().statusCode(201);
    }

    private static void post(String path, String body, int status) {
        as(OTHER, json(body)).post(path).then().statusCode(status);
    }
}
