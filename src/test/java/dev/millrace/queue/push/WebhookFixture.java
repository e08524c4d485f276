package dev.millrace.queue.push;

import java.io.IOException;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/** A client of webhooks and a receiver. */
abstract class WebhookFixture {

    static Pushing pushing;
    final StubReceiver receiver = new StubReceiver(StubReceiver.answer(200, "ok"));
    final String url = "http://127.0.0.1:" + receiver.port() + "/jobs";

    @BeforeAll
    static void open() {
        pushing = new Pushing(true);
    }

    @AfterAll
    static void end() {
        pushing.close();
    }

    @AfterEach
    void close() throws IOException {
        receiver.close();
    }
}
