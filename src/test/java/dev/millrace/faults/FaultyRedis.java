package dev.millrace.faults;

import java.util.Map;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;

import dev.millrace.redis.dev.RedisServerProcess;

/** A Redis of the test's own, which it may stop, freeze and cut off; and a service that is quick to give up on it. */
public class FaultyRedis implements QuarkusTestResourceLifecycleManager {

    /** For the test, which runs in this JVM. */
    static volatile RedisServerProcess server;

    @Override
    public Map<String, String> start() {
        server = RedisServerProcess.launch(options());
        return Map.of("millrace.redis.url", "redis://127.0.0.1:" + server.port(), "millrace.kv.url", "",
                "millrace.auth.enabled", "false",
                "millrace.redis.timeout", "500ms",
                "millrace.redis.max-in-flight", "20",
                "millrace.ratelimit.replicas", "2");
    }

    /** Of the server, as on its command line. */
    String[] options() {
        return new String[0];
    }

    @Override
    public void stop() {
        server.stopAndClean();
    }
}
