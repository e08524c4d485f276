package dev.millrace.http;

import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;

/**
 * Reads the body of a request that says how long it is, for the shortcuts past the REST layer. That the length is within the limit is seen to
 * by who asks.
 */
public final class SmallBody {

    /** As long as the REST layer waits. */
    private static final long LONGEST_S = 60;

    private final Buffer bytes = Buffer.buffer();
    private boolean over;

    private SmallBody() {}

    /** The length the request says its body has, if it is plain JSON and is not encoded or awaits a word; else 0. */
    public static long lengthOfJson(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        return length == null || !"application/json".equals(request.getHeader(HttpHeaders.CONTENT_TYPE))
                || request.headers().contains(HttpHeaders.CONTENT_ENCODING)
                || request.headers().contains(HttpHeaders.EXPECT) ? 0 : Long.parseLong(length);
    }

    /** Hands over the body once it is there; who does not send it in a minute is answered 408. */
    public static void read(RoutingContext context, Consumer<byte[]> then) {
        new SmallBody().receive(context, then);
    }

    private void receive(RoutingContext context, Consumer<byte[]> then) {
        HttpServerRequest request = context.request();
        long timer = context.vertx().setTimer(TimeUnit.SECONDS.toMillis(LONGEST_S), t -> {
            over = true;
            LingeringClose.after(request, context.vertx());
            context.fail(408);
        });
        request.exceptionHandler(broken -> {
            over = true;
            context.vertx().cancelTimer(timer);
        });
        request.handler(bytes::appendBuffer);
        request.endHandler(end -> {
            context.vertx().cancelTimer(timer);
            if (!over) {
                then.accept(bytes.getBytes());
            }
        });
        request.resume();
    }
}
