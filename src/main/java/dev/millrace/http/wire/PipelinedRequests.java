package dev.millrace.http.wire;

import java.util.ArrayDeque;
import java.util.Queue;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;

/**
 * Holds requests of HTTP/1 that were read already while the client does not read the responses to those before. One buffer of bytes
 * holds more than a thousand requests; without this, their responses would all be in memory before the reading stops.
 */
final class PipelinedRequests extends ChannelInboundHandlerAdapter {

    /** What a small request takes in memory, by estimate. */
    private static final long MESSAGE_BYTES = 512;

    private final Queue<Object> held = new ArrayDeque<>();
    private final ServerConnection connection;
    private boolean releasing;

    PipelinedRequests(ServerConnection connection) {
        this.connection = connection;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (held.isEmpty() && !releasing && context.channel().isWritable()) {
            context.fireChannelRead(message);
        } else {
            held.add(message);
            connection.holdsRequests(held.size() * MESSAGE_BYTES);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        context.fireChannelReadComplete();
        release(context);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        context.fireChannelWritabilityChanged();
        release(context);
    }

    private void release(ChannelHandlerContext context) {
        if (held.isEmpty() || releasing) {
            return;
        }
        releasing = true;
        try {
            while (!held.isEmpty() && context.channel().isWritable()) {
                context.fireChannelRead(held.remove());
            }
        } finally {
            releasing = false;
        }
        connection.holdsRequests(held.size() * MESSAGE_BYTES);
        context.fireChannelReadComplete();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        held.forEach(ReferenceCountUtil::release);
        held.clear();
        connection.holdsRequests(0);
    }
}
