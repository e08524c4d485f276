package dev.millrace.queue.push;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;

import dev.millrace.Configs;
import dev.millrace.outbound.AddressGuard;
import dev.millrace.outbound.NameLookup;
import dev.millrace.outbound.OutboundClient;
import dev.millrace.outbound.OutboundLimits;
import dev.millrace.queue.model.PushTarget;
import dev.millrace.queue.model.WebhookSecret;

/** A client of the tests' own, and what they send with it. */
final class Pushing implements AutoCloseable {

    static final WebhookSecret SECRET = WebhookSecret.parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    static final byte[] BODY = "{\"type\":\"mail\",\"data\":\"Zoë 💧\"}".getBytes(StandardCharsets.UTF_8);
    /** What is to take long in a test, and is not expected to. */
    static final int LONG_MS = 30_000;
    private static final long MINUTE_MS = 60_000;

    final Vertx vertx = Vertx.vertx();
    final WebhookClient client;

    /** With the system's resolver. */
    Pushing(boolean allowPrivate) {
        client = new WebhookClient(vertx, config(allowPrivate));
    }

    Pushing(boolean allowPrivate, NameLookup.Resolver resolver) {
        this(addresses(allowPrivate), resolver, MINUTE_MS, new HttpClientOptions());
    }

    Pushing(AddressGuard addresses, NameLookup.Resolver resolver, long maxAgeMs, HttpClientOptions options) {
        OutboundLimits limits = WebhookClient.LIMITS.withMaxAge(maxAgeMs);
        client = new WebhookClient(
                new OutboundClient(vertx, new NameLookup(vertx, "names", resolver), addresses, limits, options));
    }

    static AddressGuard addresses(boolean allowPrivate) {
        return WebhookClient.guard(config(allowPrivate));
    }

    private static PushConfig config(boolean allowPrivate) {
        return Configs.of(PushConfig.class, "millrace.queue.push.allow-private", Boolean.toString(allowPrivate));
    }

    static PushTarget target(String url, int timeoutMs) {
        return new PushTarget(URI.create(url), timeoutMs, 10, List.of(SECRET));
    }

    Delivery push(String url, int timeoutMs) {
        return push(target(url, timeoutMs), "job-1", BODY, Map.of());
    }

    Delivery push(String url) {
        return push(url, LONG_MS);
    }

    Delivery push(PushTarget target, String id, byte[] body, Map<String, String> headers) {
        return client.deliver(target, id, body, headers).await().atMost(Duration.ofMillis(2 * LONG_MS));
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
