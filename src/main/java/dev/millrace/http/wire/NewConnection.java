package dev.millrace.http.wire;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * First in the pipeline of a connection, until Vert.x has added its own handlers. Those choose the protocol later: after the TLS
 * handshake, or at the first bytes. {@link ProtocolChosen} waits behind them for that.
 */
final class NewConnection extends ChannelInboundHandlerAdapter {

    static final String NAME = "millrace-new";

    private final Http1Settings http1;

    NewConnection(Http1Settings http1) {
        this.http1 = http1;
    }

    @Override
    public void channelRegistered(ChannelHandlerContext context) {
        context.pipeline().addLast(new ProtocolChosen(http1));
        context.fireChannelRegistered();
        context.pipeline().remove(this);
    }
}
