package dev.millrace.http.wire;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.IntSupplier;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.ReferenceCountUtil;

/**
 * Holds requests of HTTP/1 that were read already while the client does not read the responses to those before, or while
 * {@value #MAX_OPEN} of those before are not answered. One buffer of bytes holds more than a thousand requests; without this, they or
 * their responses would all be in memory before the reading stops.
 */
final class PipelinedRequests extends ChannelDuplexHandler {

    /** Requests of a connection at a time, as many as of an HTTP/2 connection. Vert.x would accept any number. */
    static final int MAX_OPEN = 100;

    /** What a message takes in memory beside its fields, by estimate. */
    private static final long MESSAGE_BYTES = 256;

    private final Queue<Object> held = new ArrayDeque<>();
    private final ServerConnection connection;
    private final IntSupplier open;
    private long heldBytes;
    private boolean releasing;

    /** @param open returns how many requests are not answered */
    PipelinedRequests(ServerConnection connection, IntSupplier open) {
        this.connection = connection;
        this.open = open;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (held.isEmpty() && !releasing && mayPass(context, message)) {
            context.fireChannelRead(message);
        } else {
            held.add(message);
            heldBytes += bytes(message);
            connection.holdsRequests(heldBytes);
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

    /** Each response ends with a flush. */
    @Override
    public void flush(ChannelHandlerContext context) {
        context.flush();
        if (!held.isEmpty() && !releasing) {
            context.executor().execute(() -> release(context));
        }
    }

    private static long bytes(Object message) {
        return message instanceof HttpRequest request ? MESSAGE_BYTES + Http1Exchanges.bytes(request) : MESSAGE_BYTES;
    }

    private boolean mayPass(ChannelHandlerContext context, Object message) {
        return context.channel().isWritable() && !(message instanceof HttpRequest && open.getAsInt() >= MAX_OPEN);
    }

    private void release(ChannelHandlerContext context) {
        if (held.isEmpty() || releasing) {
            return;
        }
        releasing = true;
        try {
            while (!held.isEmpty() && mayPass(context, held.element())) {
                Object message = held.remove();
                heldBytes -= bytes(message);
                context.fireChannelRead(message);
            }
        } finally {
            releasing = false;
        }
        connection.holdsRequests(heldBytes);
        context.fireChannelReadComplete();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        held.forEach(ReferenceCountUtil::release);
        held.clear();
        connection.holdsRequests(0);
    }
}
