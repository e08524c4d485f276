package dev.millrace.http.wire;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;

/**
 * Stands where Vert.x adds the codec of the protocol. When the first bytes arrive here, TLS is done, the codec is there and has seen
 * none of them: the moment to add our own handlers around it.
 */
final class ProtocolChosen extends ChannelInboundHandlerAdapter {

    /** The name that Vert.x gives to the decoder of HTTP/1. */
    static final String HTTP1_DECODER = "httpDecoder";

    /** The name that Vert.x gives to the last handler of an HTTP/2 connection. */
    static final String HTTP2_HANDLER = "handler";

    private final Http1Settings http1;
    private final long maxStreams;

    /** @param maxStreams of an HTTP/2 connection */
    ProtocolChosen(Http1Settings http1, long maxStreams) {
        this.http1 = http1;
        this.maxStreams = maxStreams;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object bytes) {
        ChannelPipeline pipeline = context.pipeline();
        if (pipeline.get(HTTP1_DECODER) != null) {
            Http1Connection.configure(pipeline, http1);
        } else if (pipeline.get(HTTP2_HANDLER) != null) {
            Http2Connection.configure(pipeline, maxStreams);
        } else {
            // A PROXY protocol header was read, and TLS or the choice of the protocol comes only now.
            pipeline.addLast(new ProtocolChosen(http1, maxStreams));
        }
        pipeline.remove(this);
        context.fireChannelRead(bytes);
    }
}
