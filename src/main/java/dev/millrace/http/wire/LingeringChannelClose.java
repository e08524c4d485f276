package dev.millrace.http.wire;

import java.util.concurrent.TimeUnit;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;

/**
 * Closes a connection on which the client may still be sending. If it were closed at once, those bytes would reset it, and the client
 * would lose the response (RFC 9112, section 9.6). So the server sends what it has, ends its own direction, drops what arrives, and
 * closes when the client does, {@value #MAX_MS} ms later at the latest. A client that does not take the response is the concern of
 * {@link UnsentBytes}.
 */
final class LingeringChannelClose {

    private static final long MAX_MS = 5000;

    private LingeringChannelClose() {}

    /** The caller drops what arrives. {@code context} is that of its handler. */
    static void close(ChannelHandlerContext context) {
        Channel channel = context.channel();
        channel.config().setAutoRead(true);
        context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> {
            Future<?> timer = context.executor().schedule(() -> context.close(), MAX_MS, TimeUnit.MILLISECONDS);
            channel.closeFuture().addListener(closed -> timer.cancel(false));
            // TLS would need its own end of the stream; its clients go by the length of the response.
            if (channel instanceof DuplexChannel duplex && context.pipeline().get(SslHandler.class) == null) {
                duplex.shutdownOutput();
            }
        });
    }
}
