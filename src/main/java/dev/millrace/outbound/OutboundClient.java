package dev.millrace.outbound;

import java.util.concurrent.TimeUnit;

import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.PoolOptions;

/**
 * The HTTP client for hosts that callers or administrators name. It calls no address that its {@link AddressGuard} refuses, however
 * the address is written or found: in the URL, in DNS, or as the target of a redirect, which it does not follow. It finishes within
 * the request's time-out, whatever the host does, and reads no more of a response than its bounds.
 */
public final class OutboundClient {

    private final Vertx vertx;
    private final NameLookup names;
    private final AddressGuard guard;
    private final OutboundLimits limits;
    private final HttpClient http;
    private final UnusedConnections unused = new UnusedConnections();

    /** A client that trusts the certificate authorities of the JVM. */
    public OutboundClient(Vertx vertx, NameLookup names, AddressGuard guard, OutboundLimits limits) {
        this(vertx, names, guard, limits, new HttpClientOptions());
    }

    /** A client with options of its own, such as which certificates to trust; those of {@code limits} are overwritten. */
    public OutboundClient(Vertx vertx, NameLookup names, AddressGuard guard, OutboundLimits limits,
            HttpClientOptions options) {
        this.vertx = vertx;
        this.names = names;
        this.guard = guard;
        this.limits = limits;
        this.http = vertx.httpClientBuilder()
                .with(options.setConnectTimeout(limits.connectTimeoutMs()).setKeepAliveTimeout(limits.idleSeconds())
                        .setMaxHeaderSize(limits.maxHeaderBytes()))
                .with(new PoolOptions().setHttp1MaxSize(limits.connections()).setMaxWaitQueueSize(limits.waiting()))
                .withConnectHandler(this::opened).build();
    }

    /**
     * Sends a request once. A GET is repeated once if it met a connection that served an earlier request and is now of no use, because the
     * host has closed it or sent more than one response on it (RFC 9112, section 9.3.1). Never fails: what goes wrong is in the response.
     */
    public Uni<OutboundResponse> send(OutboundRequest request) {
        return Uni.createFrom().emitter(emitter -> {
            Context context = vertx.getOrCreateContext();
            context.runOnContext(
                    go -> new OutboundExchange(vertx, context, http, unused, request, emitter::complete)
                            .start(names, guard));
        });
    }

    private void opened(HttpConnection connection) {
        // The sender learns what goes wrong; without a handler the log would say it as well.
        connection.exceptionHandler(e -> {});
        unused.add(connection);
        long end = limits.maxAgeMs() > 0
                ? vertx.setTimer(limits.maxAgeMs(),
                        t -> connection.shutdown(limits.maxExchangeMs(), TimeUnit.MILLISECONDS))
                : -1;
        connection.closeHandler(closed -> {
            unused.take(connection);
            vertx.cancelTimer(end);
        });
    }
}
