package dev.millrace.outbound;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;

import dev.millrace.LoopbackServer;

/** Guarantees that a connection which the host no longer serves costs no GET, and that nothing else is sent twice. */
class UsedConnectionsTest {

    private static final String RESPONSE = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private final Vertx vertx = Vertx.vertx();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger requests = new AtomicInteger();
    private OutboundClient client;

    @BeforeEach
    void open() {
        client = new OutboundClient(vertx, new NameLookup(vertx, "names"), new AddressGuard(Set.of(), "none"),
                OutboundLimits.DEFAULT);
    }

    @AfterEach
    void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    /** Serves so many requests of a connection, and closes it when the next one has arrived. */
    private LoopbackServer serving(int each, String response) {
        return new LoopbackServer("host", socket -> {
            connections.incrementAndGet();
            for (int i = 0; i < each; i++) {
                await(socket);
                socket.getOutputStream().write(response.getBytes(StandardCharsets.US_ASCII));
            }
            await(socket);
        });
    }

    private void await(Socket socket) throws IOException {
        int lines = 0;
        for (int c = socket.getInputStream().read(); lines < 2; c = socket.getInputStream().read()) {
            if (c < 0) {
                throw new IOException("closed");
            }
            lines = c == '\n' ? lines + 1 : c == '\r' ? lines : 0;
            if (lines == 2) {
                requests.incrementAndGet();
                return;
            }
        }
    }

    private OutboundResponse send(HttpMethod method, LoopbackServer host) {
        return client.send(new OutboundRequest(method, URI.create("http://127.0.0.1:" + host.port() + "/"), 10_000,
                fields -> {}, HttpMethod.POST.equals(method) ? Buffer.buffer("") : null, (status, fields) -> 100))
                .await().atMost(Duration.ofSeconds(30));
    }

    @Test
    void aGetIsRepeatedOnAnotherConnection() {
        try (LoopbackServer host = serving(1, RESPONSE)) {
            assertEquals(200, send(HttpMethod.GET, host).status());
            OutboundResponse second = send(HttpMethod.GET, host);
            assertEquals(200, second.status(), second.failure());
            assertEquals("ok", second.body().toString());
            assertEquals(3, requests.get());
            assertEquals(2, connections.get());
        }
    }

    @Test
    void aPostIsSentOnce() {
        try (LoopbackServer host = serving(1, RESPONSE)) {
            assertEquals(200, send(HttpMethod.POST, host).status());
            OutboundResponse second = send(HttpMethod.POST, host);
            assertEquals(0, second.status());
            assertEquals("it closed the connection without an answer", second.failure());
            assertEquals(2, requests.get());
        }
    }

    @Test
    void aGetThatFailsOnANewConnectionIsSentOnce() {
        try (LoopbackServer host = serving(0, RESPONSE)) {
            assertEquals("it closed the connection without an answer", send(HttpMethod.GET, host).failure());
            assertEquals(1, requests.get());
        }
    }
}
