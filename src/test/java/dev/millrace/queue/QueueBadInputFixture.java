package dev.millrace.queue;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.Api.as;
import static dev.millrace.Api.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;

import dev.millrace.redis.RedisConversation;

/** A queue with a waiting job and one that a worker has, in which nothing changes during a test. */
abstract class QueueBadInputFixture {

    static final int MOST_BYTES = 262_144;

    RedisConversation redis;

    final String queue = "/v1/queues/bad-" + UUID.randomUUID();
    String id;
    String token;
    Map<String, Object> before;

    @BeforeEach
    void twoJobs() {
        post("/jobs", "{'jobs':[{'type':'held'},{'type':'t','group':'g','uniqueKey':'u'}]}").then().statusCode(201);
        JsonPath held = post("/reserve", "{'lease':'1h'}").then().statusCode(200).extract().jsonPath();
        id = held.getString("jobs[0].id");
        token = held.getString("jobs[0].leaseToken");
        before = everything();
    }

    @AfterEach
    void nothingHasChanged() {
        assertEquals(before, everything());
    }

    /** All that Redis has of the queue, except for the time that the maintenance notes. */
    Map<String, Object> everything() {
        Map<String, Object> all = new TreeMap<>();
        redis.keys("mr:{main:q:" + queue.substring(queue.lastIndexOf('/') + 1) + "}:*")
                .forEach(key -> all.put(key, key.endsWith(":meta")
                        ? redis.call("HMGET", key, "seq", "paused", "wait", "listen", "rate", "idle", "set").toString()
                        : redis.call("DUMP", key)));
        return all;
    }

    Response post(String verb, String body) {
        return as(ADMIN, json(body)).post(queue + verb);
    }

    /** With the id and token that are right in place of ID and TOKEN. */
    String filled(String body) {
        return body.replace("ID", id).replace("TOKEN", token == null ? "" : token);
    }

    static void refused(Response answer, String... fields) {
        problem(answer, 400, "invalid-request");
        assertEquals(List.of(fields), answer.jsonPath().getList("violations.field"), answer::asString);
    }

    /** {@code code} may be null for any. */
    static void problem(Response answer, int status, String code) {
        assertEquals(status, answer.statusCode(), answer::asString);
        assertEquals("application/problem+json", answer.contentType());
        assertTrue(code == null || code.equals(answer.jsonPath().getString("code")), answer::asString);
        assertEquals(status, answer.jsonPath().getInt("status"));
        assertNull(answer.jsonPath().getString("stackTrace"));
    }
}
