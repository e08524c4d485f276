package dev.millrace;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.common.TestResourceScope;
import io.quarkus.test.common.WithTestResource;

import dev.millrace.redis.RedisConversation;
import dev.millrace.redis.dev.RedisServerProcess;

/**
 * Gives every test of the running service, and of the packaged one, the same Redis server and the API keys of {@link Api}.
 * A field of type {@link RedisConversation} in such a test is filled in, and one marked {@link Management}.
 */
@WithTestResource(value = RedisTestResource.class, scope = TestResourceScope.GLOBAL)
public class RedisTestResource implements QuarkusTestResourceLifecycleManager {

    private RedisServerProcess server;
    private RedisConversation conversation;
    private int managementPort;

    @Override
    public Map<String, String> start() {
        server = RedisServerProcess.launch();
        conversation = new RedisConversation(server.port());
        Map<String, String> config = new HashMap<>(Api.keyConfiguration());
        config.put("millrace.redis.host", "127.0.0.1");
        config.put("millrace.redis.port", Integer.toString(server.port()));
        // Of the tests, only the one that waits for it notices.
        config.put("millrace.cache.origin.timeout", "4s");
        // Only a test that never reads what it is sent notices.
        config.put("millrace.events.max-unread-time", "5s");
        // For the packaged service, of which tests are not told what port it chose. Elsewhere, the test port counts.
        managementPort = freePort();
        config.put("quarkus.management.port", Integer.toString(managementPort));
        return config;
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
