package dev.millrace.queue.push;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;

import dev.millrace.outbound.NameLookup;
import dev.millrace.outbound.PublicAddresses;
import dev.millrace.outbound.RetryAfter;
import dev.millrace.outbound.TargetHost;
import dev.millrace.queue.model.PushTarget;

/**
 * One message on its way to one receiver: look its name up, check every address, connect to one of those, send, and read the
 * answer; all of it on one context. The message counts as taken when the answer was read whole, or up to its bound.
 */
final class WebhookExchange {

    /** More of an answer is not read. */
    static final int MAX_ANSWER = 64 * 1024;
    private static final int MAX_ADDRESSES = 4;

    private final Vertx vertx;
    private final Context context;
    private final HttpClient http;
    private final PushTarget target;
    private final WebhookMessage message;
    private final Consumer<Delivery> done;

    private TargetHost host;
    private long deadline;
    private boolean settled;
    private HttpClientRequest request;
    private int status;
    private long retryAfterMs = RetryAfter.NONE;
    private int read;

    WebhookExchange(Vertx vertx, Context context, HttpClient http, PushTarget target, WebhookMessage message,
            Consumer<Delivery> done) {
        this.vertx = vertx;
        this.context = context;
        this.http = http;
        this.target = target;
        this.message = message;
        this.done = done;
    }

    /** To be called on the context. */
    void start(NameLookup names, PublicAddresses allowed) {
        deadline = vertx.setTimer(target.timeoutMs(), late -> {
            settle(broken("no answer within " + target.timeoutMs() + " ms"));
            reset();
        });
        try {
            host = TargetHost.of(target.url());
        } catch (IllegalArgumentException e) {
            settle(Delivery.failed(0, "its URL cannot be called"));
            return;
        }
        if (host.address() != null) {
            check(List.of(host.address()), allowed);
        } else {
            names.lookup(host.name()).onComplete(found -> context.runOnContext(back -> found(found, allowed)));
        }
    }

    private void found(AsyncResult<List<InetAddress>> found, PublicAddresses allowed) {
        if (found.succeeded()) {
            check(found.result(), allowed);
        } else {
            settle(Delivery.failed(0, Failure.ofLookup(found.cause())));
        }
    }

    private void check(List<InetAddress> addresses, PublicAddresses allowed) {
        for (InetAddress address : addresses) {
            String refusal = allowed.refusal(address);
            if (refusal != null) {
                settle(Delivery.failed(0,
                        "its address is " + refusal + ": set millrace.queue.push.allow-private to allow it"));
                return;
            }
        }
        connect(addresses, 0);
    }

    private void connect(List<InetAddress> addresses, int index) {
        if (settled) {
            return;
        }
        attempt(() -> http.request(options(addresses.get(index))).onComplete(connected -> {
            if (connected.succeeded()) {
                send(connected.result());
            } else if (Failure.isOfAddress(connected.cause())
                    && index + 1 < Math.min(addresses.size(), MAX_ADDRESSES)) {
                connect(addresses, index + 1);
            } else {
                settle(Delivery.failed(0, Failure.ofConnecting(connected.cause())));
            }
        }));
    }

    /** The host is who is spoken to, and whom a certificate must name; the server is where that is. */
    private RequestOptions options(InetAddress address) throws UnknownHostException {
        // Without its name, which anything could look up again.
        InetSocketAddress server = new InetSocketAddress(InetAddress.getByAddress(address.getAddress()), host.port());
        String path = target.url().getRawPath().isEmpty() ? "/" : target.url().getRawPath();
        String query = target.url().getRawQuery() == null ? "" : "?" + target.url().getRawQuery();
        return new RequestOptions().setMethod(HttpMethod.POST).setSsl(host.tls()).setHost(host.name())
                .setPort(host.port()).setURI(path + query).setServer(SocketAddress.inetSocketAddress(server))
                .setFollowRedirects(false).setConnectTimeout(target.timeoutMs());
    }

    private void send(HttpClientRequest connected) {
        request = connected;
        // Told to the response, or its future, as well; without a handler the log tells it, too.
        request.exceptionHandler(e -> {});
        if (settled) {
            // What has failed already is not sent after all.
            reset();
            return;
        }
        attempt(() -> {
            message.head(request, target.secrets());
            return request.send(Buffer.buffer(message.body())).onComplete(answered -> {
                if (answered.succeeded()) {
                    read(answered.result());
                } else {
                    settle(Delivery.failed(0, Failure.ofAnswer(answered.cause())));
                }
            });
        });
    }

    private void read(HttpClientResponse response) {
        status = response.statusCode();
        retryAfterMs = RetryAfter.ms(response.getHeader(HttpHeaders.RETRY_AFTER), Instant.now());
        response.exceptionHandler(e -> settle(broken("it broke its answer off")));
        response.endHandler(end -> settle(Delivery.answered(status, retryAfterMs)));
        response.handler(chunk -> {
            read += chunk.length();
            if (read > MAX_ANSWER) {
                end();
            }
        });
        if (status < 200) {
            end();
        }
    }

    /** Takes the answer as it is, and leaves the rest of it. */
    private void end() {
        settle(Delivery.answered(status, retryAfterMs));
        reset();
    }

    /** A status that is a failure says more than that the rest of its answer is missing. */
    private Delivery broken(String error) {
        boolean failure = status != 0 && (status < 200 || status >= 300);
        return failure ? Delivery.answered(status, retryAfterMs) : Delivery.failed(status, error);
    }

    private void settle(Delivery delivery) {
        if (!settled) {
            settled = true;
            vertx.cancelTimer(deadline);
            done.accept(delivery);
        }
    }

    private void reset() {
        if (request != null) {
            request.reset();
        }
    }

    /** What cannot even be begun has failed, too. */
    private void attempt(Callable<?> step) {
        try {
            step.call();
        } catch (Exception e) {
            settle(Delivery.failed(0, "the message could not be sent (" + e.getClass().getSimpleName() + ")"));
            reset();
        }
    }
}
