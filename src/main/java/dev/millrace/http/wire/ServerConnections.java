package dev.millrace.http.wire;

import java.util.concurrent.atomic.AtomicInteger;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.MaxMessagesRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;

/** Sees the connections that one listening socket accepts, before they have any other handler. One instance per socket. */
final class ServerConnections extends ChannelInboundHandlerAdapter {

    private final Http1Settings http1 = Http1Settings.read();
    private final int max;
    private final long maxStreams;
    private final UnsentBytes unsent;
    private final ConnectionMemory memory;
    private final AtomicInteger open = new AtomicInteger();

    /**
     * @param max connections
     * @param maxStreams of an HTTP/2 connection
     */
    ServerConnections(int max, long maxStreams, UnsentBytes unsent, ConnectionMemory memory) {
        this.max = max;
        this.maxStreams = maxStreams;
        this.unsent = unsent;
        this.memory = memory;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object accepted) {
        if (accepted instanceof Channel connection) {
            if (open.incrementAndGet() > max) {
                open.decrementAndGet();
                ClosedConnections.count(ClosedConnections.Reason.TOO_MANY);
                connection.unsafe().closeForcibly();
                return;
            }
            connection.closeFuture().addListener(closed -> open.decrementAndGet());
            readInSmallSteps(connection);
            connection.pipeline().addLast(new ServerConnection(connection, unsent, memory, http1, maxStreams));
        }
        context.fireChannelRead(accepted);
    }

    /** At most one buffer of bytes at a time: between two of them, a handler can stop the reading. */
    private static void readInSmallSteps(Channel connection) {
        RecvByteBufAllocator allocator = connection.config().getRecvByteBufAllocator();
        if (allocator instanceof MaxMessagesRecvByteBufAllocator steps) {
            steps.maxMessagesPerRead(1);
        }
    }
}
