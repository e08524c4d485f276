package dev.millrace.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import org.junit.jupiter.api.Test;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;

/** What one HTTP/2 connection may ask for (RFC 9113, section 10.5). */
@QuarkusTest
class Http2BoundsTest {

    @TestHTTPResource("/")
    URI service;

    @TestHTTPResource(value = "/", management = true)
    URI management;

    URI management() {
        return management;
    }

    @Test
    void theApiAnnouncesItsBounds() {
        try (RawHttp2 http2 = new RawHttp2(service)) {
            assertEquals(100, RawHttp2.await(http2.settings).get(RawHttp2.MAX_CONCURRENT_STREAMS));
            assertEquals(20_480, RawHttp2.await(http2.settings).get(RawHttp2.MAX_HEADER_LIST_SIZE));
        }
    }

    @Test
    void theManagementInterfaceAnnouncesItsBounds() {
        try (RawHttp2 http2 = new RawHttp2(management())) {
            assertEquals(100, RawHttp2.await(http2.settings).get(RawHttp2.MAX_CONCURRENT_STREAMS));
        }
    }

    @Test
    void aStreamAboveTheBoundIsRefusedAndTheOthersGoOn() {
        try (RawHttp2 http2 = new RawHttp2(service, RawHttp2.INITIAL_WINDOW_SIZE, 0)) {
            List<RawHttp2.Stream> open = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                open.add(http2.get("/"));
            }
            open.forEach(stream -> assertEquals(404, stream.status()));

            RawHttp2.Stream tooMany = http2.get("/").await();
            assertEquals(RawHttp2.REFUSED_STREAM, tooMany.reset);

            RawHttp2.Stream first = open.get(0);
            http2.window(first.id, 65_535);
            assertTrue(first.await().received() > 0);
            assertFalse(http2.goAway.isDone());
        }
    }

    @Test
    void theBoundOfStreamsNeedsNoAcknowledgement() {
        try (RawHttp2 http2 = RawHttp2.withoutAcknowledgement(service, RawHttp2.INITIAL_WINDOW_SIZE, 0)) {
            for (int i = 0; i < 100; i++) {
                assertEquals(404, http2.get("/").status());
            }
            assertEquals(RawHttp2.REFUSED_STREAM, http2.get("/").await().reset);
        }
    }

    @Test
    void aRequestThatIsRefusedMayHaveABody() {
        try (RawHttp2 http2 = new RawHttp2(service, RawHttp2.INITIAL_WINDOW_SIZE, 0)) {
            List<RawHttp2.Stream> open = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                open.add(http2.get("/"));
            }
            open.forEach(stream -> assertEquals(404, stream.status()));

            RawHttp2.Stream tooMany = http2.grpc("/grpc.health.v1.Health/Check", new byte[0]).await();
            assertEquals(RawHttp2.REFUSED_STREAM, tooMany.reset);
            http2.ping();
            assertFalse(http2.goAway.isDone());

            RawHttp2.Stream first = open.get(0);
            http2.window(first.id, 65_535);
            assertTrue(first.await().received() > 0);
            assertEquals(404, http2.get("/").status());
        }
    }

    @Test
    void headersAboveTheBoundAreRefusedAndTheConnectionGoesOn() {
        try (RawHttp2 http2 = new RawHttp2(service)) {
            assertEquals(431, http2.get("/", "x-large", "x".repeat(20_480)).status());
            assertEquals(404, http2.get("/").status());
        }
    }

    /** There is one way into HTTP/2 without TLS, prior knowledge. */
    @Test
    void theUpgradeOfAConnectionIsIgnored() throws IOException {
        try (Socket socket = new Socket(service.getHost(), service.getPort())) {
            socket.getOutputStream().write("""
                    GET / HTTP/1.1\r
                    Host: localhost\r
                    Connection: Upgrade, HTTP2-Settings, close\r
                    Upgrade: h2c\r
                    HTTP2-Settings: AAMAAABkAAQAAP__\r
                    \r
                    """.getBytes(StandardCharsets.US_ASCII));
            String response = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertTrue(response.startsWith("HTTP/1.1 404 "), response);
            assertTrue(response.toLowerCase(Locale.ROOT).contains("connection: close"), response);
        }
    }
}
