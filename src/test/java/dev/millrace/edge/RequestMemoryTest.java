package dev.millrace.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;

/** Requests that are open take memory, which is bounded over all connections, also for clients without a key. */
@QuarkusTest
class RequestMemoryTest {

    private static final int CONNECTIONS = 24;
    private static final int STREAMS = 100;

    @TestHTTPResource("/")
    URI service;

    @Test
    void clientsWithManyLargeRequestsAreDisconnectedAndOthersAreServed() {
        List<RawHttp2> large = new ArrayList<>();
        try (RawHttp2 small = new RawHttp2(service)) {
            assertEquals(404, small.get("/").status());
            for (int i = 0; i < CONNECTIONS; i++) {
                RawHttp2 http2 = new RawHttp2(service, RawHttp2.INITIAL_WINDOW_SIZE, 0);
                large.add(http2);
                for (int k = 0; k < STREAMS; k++) {
                    // 54 MB with all of them, of which 32 are allowed.
                    try {
                        http2.get("/", "x-large", "x".repeat(18_000));
                    } catch (RuntimeException closed) {
                        break;
                    }
                }
                assertEquals(404, small.get("/").status());
            }
            assertTrue(large.stream().anyMatch(http2 -> http2.closed.isDone()));
            assertFalse(small.closed.isDone());
            assertEquals(404, small.get("/").status());
        } finally {
            large.forEach(RawHttp2::close);
        }
    }

    @Test
    void malformedFieldsEndTheirStreamAlone() {
        try (RawHttp2 http2 = new RawHttp2(service)) {
            assertEquals(1, http2.get("/", "x-a", "a\r\nb: c").await().reset);
            assertEquals(1, http2.request(true, ":method", "G T", ":scheme", "http", ":path", "/", ":authority", "a")
                    .await().reset);
            assertEquals(1, http2.request(true, ":method", "GET", ":scheme", "a\0", ":path", "/v1/queues",
                    ":authority", "a").await().reset);
            assertEquals(404, http2.get("/").status());
        }
    }
}
