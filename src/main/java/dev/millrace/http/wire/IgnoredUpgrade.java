package dev.millrace.http.wire;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;

/**
 * Lets a connection that began with HTTP/1 stay with it. RFC 9113, section 3.1, has withdrawn the upgrade to {@code h2c}, and a server
 * may ignore any upgrade (RFC 9110, section 7.8). So HTTP/2 has one way in, where its bounds are set: {@link Http2Connection}.
 */
final class IgnoredUpgrade extends ChannelInboundHandlerAdapter {

    /** The name that Vert.x gives to its handler of the upgrade, which looks at the first request only. */
    static final String VERTX_HANDLER = "h2c";

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpRequest request) {
            if (request.headers().containsValue(HttpHeaderNames.UPGRADE, "h2c", true)) {
                request.headers().remove(HttpHeaderNames.UPGRADE);
            }
            context.pipeline().remove(this);
        }
        context.fireChannelRead(message);
    }
}
