package dev.millrace.outbound;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;

/**
 * One request and its response: looks the name up, checks every address, connects to one of them, sends, and reads the response;
 * all on one context.
 */
final class OutboundExchange {

    private static final int MAX_ADDRESSES = 4;
    private static final int MAX_INFORMATIONAL = 16;

    private final Vertx vertx;
    private final Context context;
    private final HttpClient http;
    private final UnusedConnections unused;
    private final OutboundRequest request;
    private final Consumer<OutboundResponse> done;

    @SuppressWarnings("NullAway.Init") // start() sets it before anything reads it.
    private TargetHost host;
    private long deadline;
    private boolean settled;
    private @Nullable HttpClientRequest sent;
    private boolean repeated;
    private int informational;
    private int status;
    private MultiMap fields = MultiMap.caseInsensitiveMultiMap();
    private final Buffer body = Buffer.buffer();

    OutboundExchange(Vertx vertx, Context context, HttpClient http, UnusedConnections unused,
            OutboundRequest request, Consumer<OutboundResponse> done) {
        this.vertx = vertx;
        this.context = context;
        this.http = http;
        this.unused = unused;
        this.request = request;
        this.done = done;
    }

    /** To be called on the context. */
    void start(NameLookup names, AddressGuard guard) {
        deadline = vertx.setTimer(request.timeoutMs(), late -> {
            settle(false, true, "it did not answer within " + request.timeoutMs() + " ms");
            reset();
        });
        try {
            host = TargetHost.of(request.url());
        } catch (IllegalArgumentException e) {
            fail("its URL cannot be called");
            return;
        }
        if (host.address() != null) {
            check(List.of(host.address()), guard);
        } else {
            names.lookup(host.name()).onComplete(found -> context.runOnContext(back -> found(found, guard)));
        }
    }

    private void found(AsyncResult<List<InetAddress>> found, AddressGuard guard) {
        if (found.succeeded()) {
            check(found.result(), guard);
        } else {
            fail(OutboundFailures.ofLookup(found.cause()));
        }
    }

    private void check(List<InetAddress> addresses, AddressGuard guard) {
        for (InetAddress address : addresses) {
            String refusal = guard.refusal(address);
            if (refusal != null) {
                fail(refusal);
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
                send(connected.result(), () -> connect(addresses, index));
            } else if (OutboundFailures.isOfAddress(connected.cause())
                    && index + 1 < Math.min(addresses.size(), MAX_ADDRESSES)) {
                connect(addresses, index + 1);
            } else {
                fail(OutboundFailures.ofConnecting(connected.cause()));
            }
        }));
    }

    /** The host is the one that a certificate must name; the server is the address that was checked. */
    private RequestOptions options(InetAddress address) throws UnknownHostException {
        // Without its name, which Vert.x could look up again.
        InetSocketAddress server = new InetSocketAddress(InetAddress.getByAddress(address.getAddress()), host.port());
        String path = request.url().getRawPath().isEmpty() ? "/" : request.url().getRawPath();
        String query = request.url().getRawQuery() == null ? "" : "?" + request.url().getRawQuery();
        return new RequestOptions().setMethod(request.method()).setSsl(host.tls()).setHost(host.name())
                .setPort(host.port()).setURI(path + query).setServer(SocketAddress.inetSocketAddress(server))
                .setFollowRedirects(false).setConnectTimeout(request.timeoutMs());
    }

    private void send(HttpClientRequest connected, Runnable repeat) {
        sent = connected;
        boolean mayRepeat = !unused.take(connected.connection()) && !repeated
                && HttpMethod.GET.equals(request.method());
        // The response, or its future, gets the failure as well; without a handler the log would say it, too.
        connected.exceptionHandler(e -> {});
        if (settled) {
            // A request that has failed already must not be sent after all.
            reset();
            return;
        }
        attempt(() -> {
            request.fields().accept(connected.headers());
            connected.continueHandler(more -> informed());
            connected.earlyHintsHandler(hints -> informed());
            connected.putHeader(HttpHeaders.USER_AGENT, "millrace");
            Future<HttpClientResponse> response = request.body() == null
                    ? connected.send()
                    : connected.send(request.body());
            return response.onComplete(answered -> {
                if (answered.succeeded()) {
                    read(answered.result());
                } else if (mayRepeat && !settled) {
                    repeated = true;
                    repeat.run();
                } else {
                    fail(OutboundFailures.ofResponse(answered.cause()));
                }
            });
        });
    }

    /** A response that is not final has arrived. A host that sends them without end would keep the event loop busy. */
    private void informed() {
        if (++informational > MAX_INFORMATIONAL) {
            fail("it sent too many informational responses");
            reset();
        }
    }

    private void read(HttpClientResponse response) {
        status = response.statusCode();
        fields = response.headers();
        int maxBytes = request.bodyLimit().maxBytes(status, fields);
        response.exceptionHandler(e -> fail("it broke its answer off"));
        response.endHandler(end -> settle(true, false, null));
        response.handler(chunk -> {
            if (body.length() + chunk.length() > maxBytes || !request.bodyLimit().admits(chunk.length())) {
                leaveRest();
            } else {
                body.appendBuffer(chunk);
            }
        });
        // After a status that is not final, whatever follows would be taken for the response to another request.
        if (status < 200 || maxBytes == OutboundRequest.BodyLimit.UNREAD) {
            leaveRest();
        }
    }

    /** Takes the response as it is, and does not read the rest. */
    private void leaveRest() {
        settle(false, false, null);
        reset();
    }

    private void fail(String failure) {
        settle(false, false, failure);
    }

    private void settle(boolean whole, boolean timedOut, @Nullable String failure) {
        if (!settled) {
            settled = true;
            vertx.cancelTimer(deadline);
            done.accept(new OutboundResponse(status, fields, body, whole, timedOut, failure));
        }
    }

    private void reset() {
        if (sent != null) {
            sent.reset();
        }
    }

    /** A step that cannot even begin has failed, too. */
    private void attempt(Callable<?> step) {
        try {
            step.call();
        } catch (Exception e) {
            fail("the message could not be sent (" + e.getClass().getSimpleName() + ")");
            reset();
        }
    }
}
