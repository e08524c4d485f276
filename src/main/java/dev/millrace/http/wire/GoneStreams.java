package dev.millrace.http.wire;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Exception.StreamException;

/**
 * Makes writing to a stream harmless that the client has reset meanwhile. Vert.x writes most frames without a listener, so Netty
 * reports the failure to the pipeline, where Vert.x closes the connection, and with it the streams of all other calls.
 */
final class GoneStreams extends ChannelInboundHandlerAdapter {

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
        if (!concernsOneStream(failure)) {
            context.fireExceptionCaught(failure);
        }
    }

    /** Netty has closed such a stream already, and nothing else is to be done. */
    private static boolean concernsOneStream(Throwable failure) {
        if (failure instanceof StreamException) {
            return true;
        }
        // HEADERS: the stream cannot be opened again. DATA: the stream is not found.
        return failure instanceof IllegalStateException && failure.getCause() instanceof Http2Exception
                || failure instanceof IllegalArgumentException && failure.getMessage() != null
                        && failure.getMessage().startsWith("Stream no longer exists");
    }
}
