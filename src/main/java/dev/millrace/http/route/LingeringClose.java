package dev.millrace.http.route;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;

/**
 * Closes the connection of a request that was refused unread. If it were closed at once, what the client is still sending would reset
 * it, and the response would be lost (RFC 9112, section 9.6). So bytes that arrive are dropped for a while first.
 */
public final class LingeringClose {

    private static final long MAX_BYTES = 64 * 1024 * 1024;
    private static final long MAX_MS = 5000;

    private final HttpServerRequest request;
    private long dropped;

    private LingeringClose(HttpServerRequest request) {
        this.request = request;
    }

    /** Call this before the response is written, with no body read. */
    public static void after(HttpServerRequest request, Vertx vertx) {
        Runnable counted = RequestMetrics.ending();
        if (request.version() == HttpVersion.HTTP_2) {
            // Resetting a stream leaves the others of the connection alone.
            request.response().endHandler(ended -> {
                counted.run();
                request.response().reset();
            });
            return;
        }
        request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        request.response().endHandler(ended -> {
            counted.run();
            new LingeringClose(request).linger(vertx);
        });
    }

    private void linger(Vertx vertx) {
        long timer = vertx.setTimer(MAX_MS, t -> close());
        request.handler(bytes -> {
            dropped += bytes.length();
            if (dropped > MAX_BYTES) {
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
