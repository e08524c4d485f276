package dev.millrace;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.common.TestResourceScope;
import io.quarkus.test.common.WithTestResource;

import dev.millrace.redis.RedisConversation;
import dev.millrace.redis.RedisPermissions;
import dev.millrace.redis.dev.RedisServerProcess;

/**
 * Gives every test of the running service, and of the packaged one, the same Redis server and the API keys of {@link Api}.
 * A field of type {@link RedisConversation} in such a test is filled in, and one marked {@link Management}.
 */
@WithTestResource(value = RedisTestResource.class, scope = TestResourceScope.GLOBAL)
public class RedisTestResource implements QuarkusTestResourceLifecycleManager {

    /** The user of Redis that the service is. */
    public static final String USER = "millrace";

    private static final String PASSWORD = "secret";

    private RedisServerProcess server;
    private RedisConversation conversation;
    private int managementPort;

    @Override
    public Map<String, String> start() {
        server = RedisServerProcess.launch();
        conversation = new RedisConversation(server.port());
        Map<String, String> config = new HashMap<>(Api.keyConfiguration());
        // As users that may do what the documentation says and no more.
        grant(conversation, USER, RedisPermissions.rules());
        grant(conversation, "callers", RedisPermissions.rulesOfCallers());
        config.put("millrace.redis.url", "redis://" + USER + ":" + PASSWORD + "@127.0.0.1:" + server.port());
        config.put("millrace.kv.url", "redis://callers:" + PASSWORD + "@127.0.0.1:" + server.port() + "/1");
        config.put("millrace.kv.cors-origins", "https://app.example.com, http://localhost:3000");
        // Of the tests, only the one that waits for it notices.
        config.put("millrace.cache.origin.timeout", "4s");
        // Only a test that never reads what it is sent notices.
        config.put("millrace.events.max-unread-time", "5s");
        // As with a heap of 128 MB, whatever the tests' own JVM has.
        config.put("millrace.memory.max-requests", "16M");
        config.put("millrace.memory.max-responses", "16M");
        config.put("millrace.memory.max-connections", "32M");
        config.put("millrace.cache.max-inflations", "4");
        // For the packaged service, of which tests are not told what port it chose. Elsewhere, the test port counts.
        managementPort = freePort();
        config.put("quarkus.management.port", Integer.toString(managementPort));
        return config;
    }

    /** First, so that other resources can name another Redis. */
    @Override
    public int order() {
        return -1;
    }

    /** Lets a user do what the rules say, and nothing else. */
    public static void grant(RedisConversation redis, String user, String rules) {
        List<Object> command = new ArrayList<>(List.of("ACL", "SETUSER", user, "on", ">" + PASSWORD));
        command.addAll(List.of(rules.split(" ")));
        redis.call(command.toArray());
    }

    /** Lets the service do everything, for tests of code that uses Redis beside it. They take it back with {@link #grantNoMore}. */
    public static void grantEverything(RedisConversation redis) {
        grant(redis, USER, "~* &* +@all");
    }

    /** Lets the service do what the documentation says, and nothing else. */
    public static void grantNoMore(RedisConversation redis) {
        grant(redis, USER, "resetkeys " + RedisPermissions.rules());
    }

    @Override
    public void inject(TestInjector injector) {
        injector.injectIntoFields(conversation, new TestInjector.MatchesType(RedisConversation.class));
        injector.injectIntoFields(URI.create("http://localhost:" + managementPort + "/"),
                new TestInjector.AnnotatedAndMatchesType(Management.class, URI.class));
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void stop() {
        if (server != null) {
            conversation.close();
            server.stopAndClean();
        }
    }
}
