package dev.millrace.queue.push;

import java.util.Map;
import java.util.concurrent.TimeUnit;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;

import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.PoolOptions;

import dev.millrace.outbound.NameLookup;
import dev.millrace.outbound.PublicAddresses;
import dev.millrace.queue.model.PushTarget;

/**
 * Sends messages to receivers as Standard Webhooks. It calls no address that is not allowed, be it written as it may, named in
 * DNS, or the target of a redirect; and it is done within the target's time-out, whatever the receiver does.
 */
@Singleton
public class WebhookClient {

    private static final int CONNECT_TIMEOUT_MS = 3000;
    /** Without use; many servers close after 2 to 5 s, and what is sent at that moment is lost. */
    private static final int IDLE_SECONDS = 1;
    /** Whatever a receiver says about keeping it open; and then its name is looked up for a new one. */
    private static final long MAX_AGE_MS = 60_000;
    private static final int MAX_HEADER_BYTES = 32 * 1024;

    private final Vertx vertx;
    private final NameLookup names;
    private final PublicAddresses addresses;
    private final long maxAgeMs;
    private final HttpClient http;

    @Inject
    WebhookClient(Vertx vertx, NameLookup names, PublicAddresses addresses) {
        this(vertx, names, addresses, MAX_AGE_MS, new HttpClientOptions());
    }

    /** With options of its own: whom to trust. */
    WebhookClient(Vertx vertx, NameLookup names, PublicAddresses addresses, long maxAgeMs, HttpClientOptions options) {
        this.vertx = vertx;
        this.names = names;
        this.addresses = addresses;
        this.maxAgeMs = maxAgeMs;
        this.http = vertx.httpClientBuilder()
                .with(options.setConnectTimeout(CONNECT_TIMEOUT_MS).setKeepAliveTimeout(IDLE_SECONDS)
                        .setMaxHeaderSize(MAX_HEADER_BYTES))
                .with(new PoolOptions().setHttp1MaxSize(PushTarget.MAX_CONCURRENCY)
                        .setMaxWaitQueueSize(PushTarget.MAX_CONCURRENCY))
                .withConnectHandler(this::opened).build();
    }

    /**
     * Sends a message once; never fails. How many are sent at once is the caller's to bound.
     *
     * @param id of the message, the same each time it is sent; of another message never. Of visible ASCII
     * @param body JSON
     * @param headers further header fields; those of Standard Webhooks and of HTTP itself are the client's
     */
    public Uni<Delivery> deliver(PushTarget target, String id, byte[] body, Map<String, String> headers) {
        return Uni.createFrom().emitter(emitter -> {
            Context context = vertx.getOrCreateContext();
            WebhookMessage message = new WebhookMessage(id, body, headers);
            context.runOnContext(
                    go -> new WebhookExchange(vertx, context, http, target, message, emitter::complete).start(names,
                            addresses));
        });
    }

    private void opened(HttpConnection connection) {
        // What goes wrong is told to who sends; the log need not say it again.
        connection.exceptionHandler(e -> {});
        long end = vertx.setTimer(maxAgeMs, t -> connection.shutdown(PushTarget.MAX_TIMEOUT_MS, TimeUnit.MILLISECONDS));
        connection.closeHandler(closed -> vertx.cancelTimer(end));
    }
}
