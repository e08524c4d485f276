package dev.millrace.http.route;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;

/**
 * Closes the connection of a request that was refused unread. Closed at once, it would be reset by what the client is still
 * sending, and with it the answer lost on its way (RFC 9112, 9.6): so what comes is dropped for a while before.
 */
public final class LingeringClose {

    private static final long MOST_BYTES = 64 * 1024 * 1024;
    private static final long LONGEST_MS = 5000;

    private final HttpServerRequest request;
    private long dropped;

    private LingeringClose(HttpServerRequest request) {
        this.request = request;
    }

    /** To be called before the answer, with no body read. */
    public static void after(HttpServerRequest request, Vertx vertx) {
        if (request.version() == HttpVersion.HTTP_2) {
            // A stream is reset without the others.
            request.response().endHandler(ended -> request.response().reset());
            return;
        }
        request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        request.response().endHandler(ended -> new LingeringClose(request).linger(vertx));
    }

    private void linger(Vertx vertx) {
        long timer = vertx.setTimer(LONGEST_MS, t -> close());
        request.handler(bytes -> {
            dropped += bytes.length();
            if (dropped > MOST_BYTES) {
                close();
            }
        });
        request.exceptionHandler(broken -> vertx.cancelTimer(timer));
        request.endHandler(end -> {
            vertx.cancelTimer(timer);
            close();
        });
        request.resume();
    }

    private void close() {
        request.connection().close();
    }
}
