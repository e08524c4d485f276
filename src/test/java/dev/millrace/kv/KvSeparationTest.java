package dev.millrace.kv;

import static dev.millrace.Api.COMMANDER;
import static dev.millrace.kv.Kv.key;
import static dev.millrace.kv.Kv.post;
import static dev.millrace.kv.Kv.run;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;

import org.junit.jupiter.api.Test;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;

import dev.millrace.redis.RedisConversation;
import dev.millrace.redis.dev.RedisServerProcess;

/** The service's own database is not given to callers under another name of its server. */
@QuarkusTest
@WithTestResource(KvSeparationTest.TwoNames.class)
class KvSeparationTest {

    private static final String OFF = "ERR Redis over HTTP is off: REDIS_KV_URL is the service's own database";

    @Test
    void nobodyReachesTheServicesDatabase() {
        String k = key();
        assertEquals(OFF, run("SET", k, 1).error(503));
        assertEquals(OFF, post("/multi-exec", "[['SET','" + k + "',1]]").error(503));
        assertEquals(OFF, Kv.send(COMMANDER, "GET", "/subscribe/a", null).error(503));
        try (RedisConversation redis = new RedisConversation(TwoNames.server.port())) {
            assertEquals(0L, redis.call("EXISTS", k));
        }
    }

    public static class TwoNames implements QuarkusTestResourceLifecycleManager {

        static volatile RedisServerProcess server;

        @Override
        public Map<String, String> start() {
            server = RedisServerProcess.launch();
            return Map.of("millrace.redis.url", "redis://127.0.0.1:" + server.port(), "millrace.kv.url",
                    "redis://localhost:" + server.port() + "/0");
        }

        @Override
        public void stop() {
            server.stopAndClean();
        }
    }
}
