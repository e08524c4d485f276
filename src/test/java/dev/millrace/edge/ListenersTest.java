package dev.millrace.edge;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.Api.COMMANDER;
import static dev.millrace.Api.as;
import static dev.millrace.Api.json;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;

/** Guarantees about clients that listen to events and go, or stay and do not read: they cost the others nothing. */
@QuarkusTest
class ListenersTest {

    private static final int LISTENERS = 20;

    @TestHTTPResource(value = "/metrics", management = true)
    URI metrics;

    URI metrics() {
        return metrics;
    }

    @Test
    void listenersThatDisconnectWhileEventsAreUnderWayAreCounted() throws IOException {
        eventually().until(() -> metric("http_server_active_requests ") == 0);
        String events = "http_server_requests_seconds_count{method=\"GET\",outcome=\"SUCCESS\",status=\"200\",uri=\"/v1/sessions/events\"}";
        double before = metric(events);
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < LISTENERS; i++) {
            sockets.add(listen("/v1/sessions/events", ADMIN));
        }
        eventually().until(() -> metric("millrace_events_listeners ") == LISTENERS);
        String user = UUID.randomUUID().toString();
        for (Socket socket : sockets) {
            happen(user, 3);
            socket.close();
        }
        happen(user, 10);
        eventually().until(() -> metric("millrace_events_listeners ") == 0);
        eventually().until(() -> metric("http_server_active_requests ") == 0);
        assertEquals(before + LISTENERS, metric(events));
    }

    /** More than a key may have at a time. */
    @ParameterizedTest
    @ValueSource(strings = {"/v1/sessions/events", "/v1/queues/q/events", "/redis/subscribe/c"})
    void listenersThatGiveUpAtOnceLeaveTheirPlaces(String path) {
        eventually().until(() -> metric("http_server_active_requests ") == 0);
        String key = "Bearer " + (path.startsWith("/redis") ? COMMANDER : ADMIN);
        try (RawHttp2 http2 = new RawHttp2(URI.create(RestAssured.baseURI + ":" + RestAssured.port))) {
            for (int i = 0; i < 120; i++) {
                RawHttp2.Stream stream = http2.get(path, "authorization", key);
                for (int turn = 0; turn < i % 4; turn++) {
                    http2.ping();
                }
                http2.reset(stream, RawHttp2.CANCEL);
            }
            http2.ping();
            assertFalse(http2.goAway.isDone());
        }
        eventually().until(() -> metric("millrace_events_listeners ") + metric("millrace_kv_listeners ") == 0);
        eventually().until(() -> metric("http_server_active_requests ") == 0);
    }

    @Test
    void listenersOfRedisThatDisconnectAreCounted() throws IOException {
        eventually().until(() -> metric("http_server_active_requests ") == 0);
        String requests = "http_server_requests_seconds_count{method=\"GET\",outcome=\"SUCCESS\",status=\"200\",uri=\"/redis/subscribe\"}";
        double before = metric(requests);
        String channel = UUID.randomUUID().toString();
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < LISTENERS; i++) {
            sockets.add(listen("/redis/subscribe/" + channel, COMMANDER));
        }
        eventually().until(() -> publish(channel) == LISTENERS);
        for (Socket socket : sockets) {
            publish(channel);
            socket.close();
        }
        eventually().until(() -> publish(channel) == 0);
        eventually().until(() -> metric("http_server_active_requests ") == 0);
        assertEquals(before + LISTENERS, metric(requests));
    }

    @Test
    void aListenerThatDoesNotReadIsDisconnected() throws IOException {
        eventually().until(() -> metric("millrace_events_listeners ") == 0);
        // Long ids, so that events soon fill what the operating system buffers.
        String user = "u".repeat(400) + UUID.randomUUID();
        try (Socket deaf = listen("/v1/sessions/events", ADMIN)) {
            eventually().until(() -> metric("millrace_events_listeners ") == 1);
            await().atMost(Duration.ofSeconds(120)).until(() -> {
                happen(user, 50);
                return metric("millrace_events_listeners ") == 0;
            });
            assertEnds(deaf);
        }
        eventually().until(() -> metric("http_server_active_requests ") == 0);
    }

    @Test
    void aListenerOfRedisThatDoesNotReadForLongIsDisconnected() throws IOException {
        String channel = UUID.randomUUID().toString();
        try (Socket deaf = listen("/redis/subscribe/" + channel, COMMANDER)) {
            eventually().until(() -> publish(channel) == 1);
            // One message may be larger than the bound of unread bytes, so it is time that ends this one.
            as(COMMANDER, json("['PUBLISH','" + channel + "','" + "x".repeat(8_000_000) + "']")).post("/redis").then()
                    .statusCode(200);
            eventually().until(() -> metric("millrace_kv_listeners ") == 0);
            assertEnds(deaf);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/redis/subscribe/c", "/redis/psubscribe/c", "/redis/monitor", "/v1/sessions/events",
            "/v1/queues/q/events"})
    void theHeadOfAStreamLeavesTheConnectionToOtherRequests(String path) throws IOException {
        try (RawHttp1 connection = new RawHttp1(RestAssured.port)) {
            String rest = path + " HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + ADMIN + "\r\n\r\n";
            RawHttp1.Response head = connection.send("HEAD " + rest).read(true);
            assertEquals(200, head.status());
            assertTrue(head.value("Content-Type").startsWith("text/event-stream"), head.toString());
            assertEquals(404, connection.send("GET /v1/nowhere" + rest.substring(path.length())).read().status());
        }
    }

    /** A client that asks for a stream, and from then on reads nothing. */
    private static Socket listen(String path, String key) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), RestAssured.port));
        socket.getOutputStream().write(("GET " + path + " HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + key
                + "\r\n\r\n").getBytes(ISO_8859_1));
        return socket;
    }

    /** Reads what was sent before the end, which may be a reset. */
    private static void assertEnds(Socket socket) throws IOException {
        socket.setSoTimeout(60_000);
        try {
            socket.getInputStream().transferTo(OutputStream.nullOutputStream());
        } catch (SocketException e) {
            // The connection was reset.
        }
    }

    private static void happen(String user, int events) {
        for (int i = 0; i < events; i++) {
            as(ADMIN, json("{'userId':'" + user + "','maxPerUser':1,'onLimit':'evict-oldest'}")).post("/v1/sessions")
                    .then().statusCode(201);
        }
    }

    /** How many clients got a message. */
    private static int publish(String channel) {
        return as(COMMANDER, json("['PUBLISH','" + channel + "','m']")).post("/redis").then().statusCode(200).extract()
                .path("result");
    }

    private double metric(String name) {
        return RestAssured.get(metrics()).asString().lines().filter(line -> line.startsWith(name))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ')))).sum();
    }

    private static ConditionFactory eventually() {
        return await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(50));
    }
}
