package dev.millrace.kv;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.Api.COMMANDER;
import static dev.millrace.Api.COMMAND_READER;
import static dev.millrace.kv.Kv.get;
import static dev.millrace.kv.Kv.key;
import static dev.millrace.kv.Kv.result;
import static dev.millrace.kv.Listening.eventually;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;

import dev.millrace.redis.RedisConversation;

/** Channels, patterns and what Redis does, as server-sent events. */
@QuarkusTest
class KvListenTest {

    RedisConversation redis;

    @TestHTTPResource(value = "/metrics", management = true)
    URI metrics;

    @Test
    void messagesComeAsTheClientsReadThem() {
        String c = key();
        try (Listening one = new Listening(COMMANDER, "/subscribe/" + c).ready();
                Listening two = new Listening(COMMANDER, "/subscribe/" + c + "/" + c + "%2F%C3%A4").ready();
                Listening pattern = new Listening(COMMANDER, "/psubscribe/" + c + "*").ready()) {
            two.hears("data: subscribe," + c + "/ä,2");
            assertEquals(List.of("data: subscribe," + c + ",1"), one.lines());
            assertEquals("data: psubscribe," + c + "*,1", pattern.lines().get(0));
            assertEquals(3, result("PUBLISH", c, "hello, world").intValue());
            one.hears("data: message," + c + ",hello, world");
            two.hears("data: message," + c + ",hello, world");
            pattern.hears("data: pmessage," + c + "*," + c + ",hello, world");
            get("/publish/" + c + "%2F%C3%A4/%F0%9F%8E%89").result();
            two.hears("data: message," + c + "/ä,🎉");
            result("PUBLISH", c, "a\nb\r\nc\rd");
            for (String line : List.of("data: message," + c + ",a", "data: b", "data: c", "data: d")) {
                one.hears(line);
            }
        }
        eventually().until(() -> result("PUBLISH", c, "x").intValue() == 0);
    }

    @Test
    void theServicesOwnChannelsAreNotHeard() {
        for (String path : List.of("/subscribe/mr:x", "/psubscribe/mr:*", "/subscribe/a/mr:", "/subscribe/mr%3Ax",
                "/psubscribe/a/%6dr:*")) {
            assertTrue(get(path).error(400).startsWith("NOPERM "), path);
        }
        String c = key();
        try (Listening all = new Listening(COMMANDER, "/psubscribe/*/m%5Br%5D:*/%3Fr:*/%5Cmr:*/mr*").ready()) {
            all.hears("data: psubscribe,mr*,5");
            redis.call("PUBLISH", "mr:own-" + c, "secret");
            result("PUBLISH", c, "last");
            all.hears("data: pmessage,*," + c + ",last");
            assertFalse(all.lines().toString().contains("secret"), all.lines()::toString);
        }
    }

    @Test
    void whoMayListen() {
        assertTrue(Kv.send(COMMAND_READER, "GET", "/subscribe/a", null).error(403).startsWith("NOPERM "));
        Kv.send(null, "GET", "/subscribe/a", null).error(401);
        assertTrue(Kv.send(COMMANDER, "GET", "/monitor", null).error(403).startsWith("NOPERM "));
        assertTrue(get("/subscribe").error(400).startsWith("ERR wrong number of arguments"));
        assertTrue(get("/psubscribe/").error(400).startsWith("ERR wrong number of arguments"));
        String c = key();
        try (Listening byToken = new Listening(null, "/subscribe/" + c + "?_token=" + COMMANDER).ready()) {
            byToken.hears("data: subscribe," + c + ",1");
        }
    }

    @Test
    void whatRedisDoesIsShownToAdminsButNotWhatTheServiceDoes() {
        String k = key();
        try (Listening monitor = new Listening(ADMIN, "/monitor").ready()) {
            redis.call("SET", "own-" + k, "secret");
            redis.call("EVAL", "return redis.call('GET', KEYS[1])", 1, "own-" + k);
            result("SET", k, "shown");
            eventually()
                    .until(() -> monitor.lines().stream().anyMatch(line -> line.contains("\"" + k + "\" \"shown\"")));
            assertFalse(monitor.lines().toString().contains("own-" + k), monitor.lines()::toString);
            assertEquals("data: OK", monitor.lines().get(0));
        } finally {
            redis.call("DEL", "own-" + k);
        }
    }

    @Test
    void whoHangsUpFreesItsConnectionToRedis() {
        eventually().until(() -> listening() == 0);
        List<Listening> listeners = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            listeners.add(new Listening(COMMANDER, "/subscribe/" + key()).ready());
        }
        assertEquals(10, listening());
        assertEquals(10, gauge("millrace_kv_listeners"));
        listeners.forEach(Listening::close);
        eventually().until(() -> listening() == 0);
        eventually().until(() -> gauge("millrace_kv_listeners") == 0);
    }

    @Test
    void theConnectionsAreCounted() {
        result("PING");
        eventually().until(() -> gauge("millrace_kv_links_up") == gauge("millrace_kv_links"));
        assertTrue(gauge("millrace_kv_links") > 0);
        assertEquals(0, gauge("millrace_kv_in_flight"));
    }

    /** Where the metrics are. */
    URI metrics() {
        return metrics;
    }

    private double gauge(String name) {
        return RestAssured.get(metrics()).asString().lines()
                .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1))).sum();
    }

    @Test
    void tooManyAreRefusedAndWhoLeavesMakesRoom() {
        List<Listening> listeners = new ArrayList<>();
        try {
            eventually().until(() -> {
                Listening next = new Listening(COMMANDER, "/subscribe/" + key());
                if (next.status() == 200) {
                    listeners.add(next.ready());
                }
                return listeners.size() == 25;
            });
            Kv.Answer refused = get("/subscribe/a");
            assertEquals("ERR The key commander has the maximum of 25 listeners on this replica", refused.error(429));
            new Listening(ADMIN, "/subscribe/a").ready().close();
            listeners.remove(0).close();
            eventually().until(() -> {
                Listening next = new Listening(COMMANDER, "/subscribe/a");
                if (next.status() == 200) {
                    listeners.add(next);
                }
                return next.status() == 200;
            });
        } finally {
            listeners.forEach(Listening::close);
        }
    }

    @Test
    void whoDoesNotReadIsCutOff() throws IOException {
        String c = key();
        try (Socket deaf = new Socket("localhost", RestAssured.port);
                Listening reads = new Listening(COMMANDER, "/subscribe/" + c).ready()) {
            deaf.getOutputStream().write(("GET /redis/subscribe/" + c + " HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer "
                    + COMMANDER + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            eventually().until(() -> result("PUBLISH", c, "first").intValue() == 2);
            String message = "x".repeat(100_000);
            eventually().until(() -> result("PUBLISH", c, message).intValue() == 1);
            assertFalse(reads.hasEnded());
            result("PUBLISH", c, "last");
            reads.hears("data: message," + c + ",last");
        }
    }

    private long listening() {
        return ((String) redis.call("CLIENT", "LIST")).lines()
                .filter(line -> line.contains(" cmd=subscribe ") && line.contains(" db=1 "))
                .count();
    }
}
