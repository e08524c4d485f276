package dev.millrace.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.vertx.core.Vertx;

import dev.millrace.Configs;
import dev.millrace.cache.OriginAnswer.Kind;
import dev.millrace.memory.FairBudget;

/** What origins send does not keep the service busy without end. */
class OriginBoundsTest {

    private static final int MAX_BYTES = 1_000_000;

    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private OriginAnswer get(int port) {
        OriginClient client = new OriginClient(vertx,
                Configs.of(CacheConfig.class, "millrace.cache.origin.timeout", "20s"));
        return client.get(URI.create("http://127.0.0.1:" + port + "/items/a"), "", Map.of(), MAX_BYTES,
                new FairBudget(MAX_BYTES).share("a")).await()
                .atMost(Duration.ofSeconds(60));
    }

    @Test
    void informationalResponsesWithoutEndFail() throws IOException {
        for (String response : new String[]{"100 Continue", "103 Early Hints"}) {
            try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
                Thread origin = new Thread(() -> sendWithoutEnd(server, "HTTP/1.1 " + response + "\r\n\r\n"));
                origin.start();
                OriginAnswer answer = get(server.getLocalPort());
                assertEquals(Kind.FAILED, answer.kind());
                assertTrue(String.valueOf(answer.failure()).contains("informational"), answer.failure());
            }
        }
    }

    private static void sendWithoutEnd(ServerSocket server, String response) {
        try (Socket socket = server.accept(); OutputStream out = socket.getOutputStream()) {
            byte[] bytes = response.getBytes(StandardCharsets.US_ASCII);
            for (;;) {
                out.write(bytes);
            }
        } catch (IOException closed) {
            // Millrace has closed the connection.
        }
    }
}
