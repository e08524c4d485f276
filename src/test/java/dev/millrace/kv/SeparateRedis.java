package dev.millrace.kv;

import java.util.HashMap;
import java.util.Map;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;

import dev.millrace.redis.RedisConversation;
import dev.millrace.redis.dev.RedisServerProcess;

/**
 * Two servers, one for the service and one for its callers, to which the service logs in as a user whose rights tests change; and
 * small bounds on replies.
 */
public class SeparateRedis implements QuarkusTestResourceLifecycleManager {

    static final int MAX_REPLY = 200_000;

    /** For the test, which runs in this JVM. */
    static volatile RedisServerProcess own;
    static volatile RedisServerProcess callers;

    @Override
    public Map<String, String> start() {
        own = RedisServerProcess.launch();
        callers = RedisServerProcess.launch();
        grant("+@all");
        Map<String, String> config = new HashMap<>();
        config.put("millrace.redis.url", "redis://127.0.0.1:" + own.port());
        config.put("millrace.kv.url", "redis://kv:secret@127.0.0.1:" + callers.port() + "/3");
        config.put("millrace.kv.max-reply", Integer.toString(MAX_REPLY));
        config.put("millrace.redis.timeout", "2s");
        return config;
    }

    /** What the user may do, by the rules of Redis. */
    static void grant(String... rules) {
        try (RedisConversation redis = new RedisConversation(callers.port())) {
            Object[] command = new Object[rules.length + 8];
            System.arraycopy(new Object[]{"ACL", "SETUSER", "kv", "reset", "on", ">secret", "~*", "&*"}, 0, command, 0,
                    8);
            System.arraycopy(rules, 0, command, 8, rules.length);
            redis.call(command);
        }
    }

    @Override
    public void stop() {
        callers.stopAndClean();
        own.stopAndClean();
    }
}
