package dev.millrace.queue.push;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.vertx.core.http.HttpClientOptions;

import dev.millrace.queue.model.PushTarget;
import dev.millrace.queue.model.WebhookSecret;
import dev.millrace.queue.push.Delivery.Outcome;
import dev.millrace.queue.push.StubReceiver.Request;

/** A message is sent signed, and what its receiver answers comes to a documented outcome. */
class WebhookClientTest extends WebhookFixture {

    @Test
    void sendsASignedPost() {
        WebhookSecret old = WebhookSecret.parse("whsec_GB8mLTQ7QklQV15lbHN6gYiPlp2kq7K5");
        PushTarget target = new PushTarget(URI.create(url + "/a%20b?x=1&y=%2F"), 10_000, 1,
                List.of(Pushing.SECRET, old));
        long before = Instant.now().getEpochSecond();
        Delivery delivery = pushing.push(target, "q:7", Pushing.BODY,
                Map.of("millrace-queue", "mails", "Content-Type", "text/plain", "Webhook-Id", "forged"));
        long after = Instant.now().getEpochSecond();
        assertEquals(new Delivery(Outcome.DONE, 200, -1, null), delivery);

        Request request = receiver.requests.get(0);
        assertEquals("POST /jobs/a%20b?x=1&y=%2F HTTP/1.1", request.line());
        assertArrayEquals(Pushing.BODY, request.body());
        Map<String, String> fields = request.fields();
        assertEquals("127.0.0.1:" + receiver.port(), fields.remove("host"));
        assertEquals("application/json", fields.remove("content-type"));
        assertEquals(Integer.toString(Pushing.BODY.length), fields.remove("content-length"));
        assertEquals("millrace", fields.remove("user-agent"));
        assertEquals("mails", fields.remove("millrace-queue"));
        assertEquals("q:7", fields.remove("webhook-id"));
        long timestamp = Long.parseLong(fields.remove("webhook-timestamp"));
        assertTrue(timestamp >= before && timestamp <= after, () -> before + " " + timestamp + " " + after);
        assertEquals(WebhookSignature.of(List.of(Pushing.SECRET, old), "q:7", timestamp, Pushing.BODY),
                fields.remove("webhook-signature"));
        assertEquals(Map.of(), fields);
    }

    @Test
    void asksForTheRootWhereThereIsNoPath() {
        pushing.push("http://127.0.0.1:" + receiver.port() + "?a=b");
        assertEquals("POST /?a=b HTTP/1.1", receiver.requests.get(0).line());
    }

    @ParameterizedTest
    @CsvSource({"200, DONE", "201, DONE", "202, DONE", "204, DONE", "299, DONE", "300, FAILED", "400, FAILED",
            "401, FAILED", "404, FAILED", "408, FAILED", "409, FAILED", "410, GONE", "411, FAILED", "428, FAILED",
            "429, THROTTLED", "430, FAILED", "500, FAILED", "501, FAILED", "502, THROTTLED", "503, FAILED",
            "504, THROTTLED", "505, FAILED", "599, FAILED"})
    void aStatusHasAnOutcome(int status, Outcome outcome) {
        receiver.handle(StubReceiver.answer(status, "body"));
        Delivery delivery = pushing.push(url);
        assertEquals(outcome, delivery.outcome());
        assertEquals(status, delivery.status());
        assertEquals(-1, delivery.retryAfterMs());
        if (outcome == Outcome.DONE) {
            assertNull(delivery.error());
        } else if (status != 300) {
            assertEquals("it answered " + status, delivery.error());
        }
    }

    @ParameterizedTest
    @CsvSource({"429, 7, THROTTLED, 7000", "503, 0, THROTTLED, 0", "502, 60, THROTTLED, 60000",
            "500, 60, FAILED, 60000", "410, 60, GONE, 60000", "429, 100000, THROTTLED, 86400000",
            "429, soon, THROTTLED, -1", "503, soon, FAILED, -1", "200, 60, DONE, -1"})
    void aReceiverMaySayWhenToComeBack(int status, String retryAfter, Outcome outcome, long ms) {
        receiver.handle(StubReceiver.answer(status, "", "Retry-After: " + retryAfter));
        assertEquals(new Delivery(outcome, status, ms, outcome == Outcome.DONE ? null : "it answered " + status),
                pushing.push(url));
    }

    @ParameterizedTest
    @ValueSource(strings = {"EEE, dd MMM yyyy HH:mm:ss 'GMT'", "EEE, d MMM yyyy HH:mm:ss 'GMT'",
            "EEEE, dd-MMM-yy HH:mm:ss 'GMT'"})
    void itMaySayItAsADate(String form) {
        String date = DateTimeFormatter.ofPattern(form, Locale.ENGLISH)
                .format(Instant.now().plusSeconds(3600).atOffset(ZoneOffset.UTC));
        receiver.handle(StubReceiver.answer(429, "", "Retry-After: " + date));
        Delivery delivery = pushing.push(url);
        assertEquals(Outcome.THROTTLED, delivery.outcome());
        assertTrue(delivery.retryAfterMs() > 3_500_000 && delivery.retryAfterMs() <= 3_600_000, delivery::toString);
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 304, 307, 308})
    void aRedirectIsNotFollowed(int status) throws IOException {
        try (StubReceiver other = new StubReceiver(StubReceiver.answer(200, "ok"))) {
            receiver.handle(StubReceiver.raw("HTTP/1.1 " + status + " Moved\r\nContent-Length: 0\r\n"
                    + "Location: http://127.0.0.1:" + other.port() + "/\r\n\r\n"));
            assertEquals(
                    new Delivery(Outcome.FAILED, status, -1, "it redirects (" + status + "), which is not followed"),
                    pushing.push(url));
            assertEquals(0, other.opened());
            assertEquals(1, receiver.requests.size());
        }
    }

    @Test
    void anAnswerMayEndWithItsConnection() {
        receiver.handle((request, out) -> {
            out.write("HTTP/1.0 200 OK\r\n\r\nwhole".getBytes(StandardCharsets.ISO_8859_1));
            throw new IOException();
        });
        assertEquals(Outcome.DONE, pushing.push(url).outcome());
    }

    @Test
    void hintsAreNoAnswer() {
        receiver.handle(StubReceiver.raw("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
                + "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"));
        assertEquals(new Delivery(Outcome.DONE, 202, -1, null), pushing.push(url));
    }

    @Test
    void anAnswerIsReadUpToItsBoundAndTheConnectionUsedAgain() {
        receiver.handle(StubReceiver.answer(200, "x".repeat(WebhookClient.MAX_ANSWER), "Keep-Alive: timeout=600"));
        for (int i = 0; i < 3; i++) {
            assertEquals(Outcome.DONE, pushing.push(url).outcome());
        }
        assertEquals(1, receiver.opened());
        receiver.handle(
                StubReceiver.answer(200, "x".repeat(WebhookClient.MAX_ANSWER + 1), "Keep-Alive: timeout=600"));
        assertEquals(Outcome.DONE, pushing.push(url).outcome());
        await().atMost(Duration.ofSeconds(20)).until(() -> receiver.closed() == 1);
        assertEquals(Outcome.DONE, pushing.push(url).outcome());
        assertEquals(2, receiver.opened());
    }

    @Test
    void noConnectionIsKeptLongerThanItsAge() {
        receiver.handle(StubReceiver.answer(200, "ok", "Keep-Alive: timeout=600"));
        try (Pushing impatient = new Pushing(Pushing.addresses(true), null, 1000, new HttpClientOptions())) {
            assertEquals(Outcome.DONE, impatient.push(url).outcome());
            await().atMost(Duration.ofSeconds(20)).until(() -> receiver.closed() == 1);
            assertEquals(Outcome.DONE, impatient.push(url).outcome());
        }
    }

    @Test
    void aConnectionThatHasItsAgeFinishesWhatItIsAt() {
        receiver.handle((request, out) -> {
            Thread.sleep(2000);
            StubReceiver.answer(200, "ok").answer(request, out);
        });
        try (Pushing impatient = new Pushing(Pushing.addresses(true), null, 1000, new HttpClientOptions())) {
            assertEquals(Outcome.DONE, impatient.push(url).outcome());
        }
    }

    @Test
    void manyAreSentAtOnce() throws InterruptedException {
        CountDownLatch all = new CountDownLatch(200);
        receiver.handle((request, out) -> {
            all.countDown();
            all.await();
            StubReceiver.answer(200, "ok").answer(request, out);
        });
        List<CompletableFuture<Delivery>> deliveries = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            deliveries.add(
                    pushing.client.deliver(Pushing.target(url, Pushing.LONG_MS), "job-" + i, Pushing.BODY, Map.of())
                            .subscribeAsCompletionStage());
        }
        deliveries.forEach(delivery -> assertEquals(Outcome.DONE, delivery.join().outcome()));
        assertEquals(200,
                receiver.requests.stream().map(request -> request.fields().get("webhook-id")).distinct().count());
    }

    @Test
    void whatCannotBeSentHasFailed() {
        for (String bad : List.of("a\r\nX: y", "a\u0000", "a\nb")) {
            Delivery delivery = pushing.push(Pushing.target(url, 5000), bad, Pushing.BODY, Map.of());
            assertEquals(Outcome.FAILED, delivery.outcome());
            assertTrue(delivery.error().startsWith("the message could not be sent"), delivery::error);
        }
        assertEquals(0, receiver.requests.size());
        for (String none : List.of("http:opaque", "ftp://127.0.0.1/", "http://u:p@127.0.0.1/",
                "http://256.256.256.256/")) {
            assertEquals("its URL cannot be called", pushing.push(none).error());
        }
        assertEquals(Outcome.DONE, pushing.push(url).outcome(), "and the next one is sent");
    }

    @Test
    void noErrorTellsTheQueryOrTheSecret() throws IOException {
        receiver.handle(StubReceiver.answer(500, "k3y"));
        String error = pushing.push(url + "?key=k3y").error();
        receiver.close();
        for (String text : List.of(error, pushing.push(url + "?key=k3y").error(),
                pushing.push("http://no-such-name.invalid/?key=k3y").error())) {
            assertFalse(text.contains("k3y") || text.contains("whsec") || text.contains("MfKQ9"), text);
        }
    }
}
