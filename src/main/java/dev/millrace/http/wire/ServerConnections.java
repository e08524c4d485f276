package dev.millrace.http.wire;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** Sees the connections that one listening socket accepts, before they have any other handler. One instance per socket. */
final class ServerConnections extends ChannelInboundHandlerAdapter {

    private final Http1Settings http1 = Http1Settings.read();

    @Override
    public void channelRead(ChannelHandlerContext context, Object accepted) {
        if (accepted instanceof Channel connection) {
            connection.pipeline().addLast(NewConnection.NAME, new NewConnection(http1));
        }
        context.fireChannelRead(accepted);
    }
}
