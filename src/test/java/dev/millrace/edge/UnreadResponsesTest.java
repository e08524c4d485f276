package dev.millrace.edge;

import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;

import dev.millrace.Api;

/** Responses that a client asks for and does not read. */
@QuarkusTest
class UnreadResponsesTest {

    private static final int MIB = 1 << 20;
    private static final int ENHANCE_YOUR_CALM = 11;

    @TestHTTPResource("/")
    URI service;

    private final String path = "/v1/cache/unread/" + UUID.randomUUID();

    @BeforeEach
    void store() {
        Api.as(Api.CACHER).contentType("application/octet-stream").body(new byte[MIB]).put(path).then().statusCode(204);
    }

    /** The shipped bound of a connection is 16 MiB, or less with a small heap. */
    @Test
    void streamsAboveTheBoundOfAConnectionAreResetAndTheOthersGoOn() {
        // Not an entry of the cache: those have a bound of their own over all connections.
        String document = "/q/openapi";
        int size = given().get(document).then().statusCode(200).extract().asByteArray().length;
        try (RawHttp2 http2 = new RawHttp2(service, RawHttp2.INITIAL_WINDOW_SIZE, 0)) {
            List<RawHttp2.Stream> kept = new ArrayList<>();
            RawHttp2.Stream reset = null;
            while (reset == null) {
                RawHttp2.Stream stream = http2.get(document);
                // The headers of a stream are sent before its body meets the bound.
                assertEquals(200, stream.status());
                http2.ping();
                if (stream.reset == -1) {
                    kept.add(stream);
                } else {
                    reset = stream;
                }
            }
            assertEquals(ENHANCE_YOUR_CALM, reset.reset);

            http2.read();
            http2.window(0, 100 * MIB);
            kept.forEach(stream -> http2.window(stream.id, 2 * MIB));
            kept.forEach(stream -> assertEquals(size, stream.await().received()));
            assertFalse(http2.goAway.isDone());
        }
    }

    @Test
    void pipelinedRequestsWaitAndAreAllAnsweredInTheEnd() throws IOException {
        int requests = 60;
        try (RawHttp1 http = new RawHttp1(service.getPort())) {
            http.send(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + Api.CACHE_READER
                    + "\r\n\r\n").repeat(requests));
            for (int i = 0; i < requests; i++) {
                RawHttp1.Response response = http.read();
                assertEquals(200, response.status());
                assertEquals(MIB, response.body().length);
            }
        }
    }
}
