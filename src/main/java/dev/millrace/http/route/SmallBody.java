package dev.millrace.http.route;

import java.util.function.Consumer;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;

/**
 * Reads the body of a request that says how long it is, for the shortcuts past the REST layer. That the length is within the limit is
 * seen to by who asks; that it comes, by the server's time-out for idle connections, as everywhere.
 */
public final class SmallBody {

    private SmallBody() {}

    /** The length the request says its body has, if it is plain JSON and is not encoded or awaits a word; else 0. */
    public static long lengthOfJson(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        return length == null || !"application/json".equals(request.getHeader(HttpHeaders.CONTENT_TYPE))
                || request.headers().contains(HttpHeaders.CONTENT_ENCODING)
                || request.headers().contains(HttpHeaders.EXPECT) ? 0 : Long.parseLong(length);
    }

    /** Hands over the body once it is there. */
    public static void read(HttpServerRequest request, Consumer<byte[]> then) {
        Buffer bytes = Buffer.buffer();
        request.exceptionHandler(broken -> {
            // The client is gone, and there is nobody to answer.
        });
        request.handler(bytes::appendBuffer);
        request.endHandler(end -> then.accept(bytes.getBytes()));
        request.resume();
    }
}
