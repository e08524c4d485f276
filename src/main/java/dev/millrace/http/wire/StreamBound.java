package dev.millrace.http.wire;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Stream;

/**
 * Refuses the streams of an HTTP/2 connection above the announced number (RFC 9113, section 5.1.2). Netty does so only once the client
 * has acknowledged the number, which it may never do, and then the body of a refused request ends the connection. Called on the
 * connection's event loop.
 */
final class StreamBound extends Http2ConnectionAdapter {

    private final Http2ConnectionHandler handler;
    private final ChannelHandlerContext context;
    private final long max;

    /** @param max streams at a time */
    StreamBound(Http2ConnectionHandler handler, ChannelHandlerContext context, long max) {
        this.handler = handler;
        this.context = context;
        this.max = max;
    }

    @Override
    public void onStreamActive(Http2Stream stream) {
        if (handler.connection().remote().numActiveStreams() > max) {
            // Netty ignores what still arrives on a stream that was reset.
            handler.resetStream(context, stream.id(), Http2Error.REFUSED_STREAM.code(), context.newPromise());
        }
    }

    /** Takes the place of Netty's own bound, which an acknowledgement puts in force. Called after each read. */
    void takeOver() {
        handler.connection().remote().maxActiveStreams(Integer.MAX_VALUE);
    }
}
