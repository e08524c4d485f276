package dev.millrace.http.route;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;

/**
 * Gives up a request whose body is not read, after its response: over HTTP/1 by closing the connection, over HTTP/2 by resetting the
 * stream, which leaves the others of the connection alone.
 */
public final class LingeringClose {

    private LingeringClose() {}

    /** Call this before the response is written. */
    public static void after(HttpServerRequest request) {
        if (request.version() == HttpVersion.HTTP_2) {
            Runnable counted = RequestMetrics.ending();
            request.response().endHandler(ended -> {
                counted.run();
                request.response().reset();
            });
        } else {
            // The package http.wire closes, and drops what the client is still sending.
            request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        }
    }
}
