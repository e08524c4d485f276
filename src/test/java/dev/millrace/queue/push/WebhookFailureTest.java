package dev.millrace.queue.push;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.millrace.queue.model.PushTarget;
import dev.millrace.queue.push.Delivery.Outcome;

/** Whatever a receiver does wrong comes to a documented outcome in time. */
class WebhookFailureTest extends WebhookFixture {

    @Test
    void silenceEndsInTime() throws InterruptedException {
        receiver.handle((request, out) -> new CountDownLatch(1).await());
        assertEquals(new Delivery(Outcome.FAILED, 0, -1, "no answer within 1000 ms"), pushing.push(url, 1000));
        receiver.handle(StubReceiver.answer(200, "ok"));
        assertEquals(Outcome.DONE, pushing.push(url).outcome());
        assertEquals(2, receiver.opened(), "nothing else is sent where an answer is owed");
    }

    @Test
    void aDripIsEndedInTime() {
        for (String head : List.of("HTTP/1.1 200 OK\r\nX: ", "HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n",
                "HTTP/1.1 200 OK\r\n\r\n")) {
            int opened = receiver.opened();
            receiver.handle((request, out) -> drip(out, head));
            Delivery delivery = pushing.push(url, 1500);
            assertEquals(Outcome.FAILED, delivery.outcome());
            assertEquals("no answer within 1500 ms", delivery.error());
            await().atMost(Duration.ofSeconds(20)).until(() -> receiver.closed() == opened + 1);
        }
    }

    @Test
    void aStatusThatFailsCountsThoughItsAnswerDrips() {
        receiver.handle(
                (request, out) -> drip(out, "HTTP/1.1 429 Slow\r\nRetry-After: 5\r\nContent-Length: 9999\r\n\r\n"));
        assertEquals(new Delivery(Outcome.THROTTLED, 429, 5000, "it answered 429"), pushing.push(url, 1500));
        await().atMost(Duration.ofSeconds(20)).until(() -> receiver.closed() == 1);
    }

    /** Until the client hangs up. */
    private static void drip(OutputStream out, String head) throws Exception {
        out.write(head.getBytes(StandardCharsets.ISO_8859_1));
        while (true) {
            out.write('x');
            out.flush();
            Thread.sleep(50);
        }
    }

    @Test
    void whoRefusesConnectionsHasFailed() throws IOException {
        // Bound and not listening: the port of a closed receiver could be somebody else's by now.
        try (Socket silent = new Socket()) {
            silent.bind(new InetSocketAddress("127.0.0.1", 0));
            assertEquals(new Delivery(Outcome.FAILED, 0, -1, "it refuses connections"),
                    pushing.push("http://127.0.0.1:" + silent.getLocalPort() + "/hook"));
        }
    }

    @Test
    void whoHangsUpHasFailed() {
        receiver.handle((request, out) -> {
            throw new IOException();
        });
        assertEquals(new Delivery(Outcome.FAILED, 0, -1, "it closed the connection without an answer"),
                pushing.push(url));
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe"})
    void halfAnAnswerIsNone(String half) {
        receiver.handle((request, out) -> {
            out.write(half.getBytes(StandardCharsets.ISO_8859_1));
            throw new IOException();
        });
        assertEquals(new Delivery(Outcome.FAILED, 200, -1, "it broke its answer off"), pushing.push(url));
    }

    @ParameterizedTest
    @ValueSource(strings = {"garbage\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n\r\n", "HTTP/3.0 200 OK\r\n\r\n",
            "HTTP/1.1 abc OK\r\n\r\n"})
    void garbageHasFailed(String garbage) {
        receiver.handle(StubReceiver.raw(garbage));
        assertEquals(new Delivery(Outcome.FAILED, 0, -1, "it answered with what is not HTTP"), pushing.push(url));
    }

    @Test
    void anEndlessHeadHasFailed() {
        receiver.handle((request, out) -> {
            out.write("HTTP/1.1 200 OK\r\n".getBytes(StandardCharsets.ISO_8859_1));
            while (true) {
                out.write(("X: " + "x".repeat(1000) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            }
        });
        assertEquals(new Delivery(Outcome.FAILED, 0, -1, "it answered with what is not HTTP"), pushing.push(url));
    }

    /** What comes after it would be taken for the answer to another message. */
    @ParameterizedTest
    @ValueSource(ints = {101, 102, 199})
    void aStatusThatIsNotFinalHasFailed(int status) {
        receiver.handle(StubReceiver.raw("HTTP/1.1 " + status + " Whatever\r\nKeep-Alive: timeout=600\r\n\r\n"));
        assertEquals(new Delivery(Outcome.FAILED, status, -1, "it answered " + status), pushing.push(url));
        await().atMost(Duration.ofSeconds(20)).until(() -> receiver.closed() == 1);
    }

    @ParameterizedTest
    @CsvSource({"200, DONE", "500, FAILED"})
    void nobodyReads10Megabytes(int status, Outcome outcome) {
        receiver.handle(StubReceiver.answer(status, "x".repeat(10_000_000)));
        assertEquals(outcome, pushing.push(url).outcome());
        await().atMost(Duration.ofSeconds(20)).until(() -> receiver.closed() == 1);
    }

    @Test
    void aMessageThatNobodyReadsEndsInTime() throws IOException {
        try (ServerSocket deaf = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            PushTarget target = Pushing.target("http://127.0.0.1:" + deaf.getLocalPort() + "/", 1000);
            assertEquals("no answer within 1000 ms", pushing.push(target, "a", new byte[50_000_000], Map.of()).error());
        }
    }
}
