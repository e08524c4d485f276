package dev.millrace.http.wire;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.Http2Connection.Endpoint;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Settings;

/** The handlers of a connection that speaks HTTP/2. */
final class Http2Connection {

    private Http2Connection() {}

    /**
     * Called once per connection, before the codec has seen a byte.
     *
     * @param maxStreams that the client may have at a time
     */
    static void configure(ChannelPipeline pipeline, long maxStreams) {
        Http2ConnectionHandler handler = pipeline.get(Http2ConnectionHandler.class);
        Endpoint<Http2RemoteFlowController> client = handler.connection().remote();
        client.flowController(new WindowedFlow(client.flowController(), pipeline.get(ServerConnection.class)));
        StreamBound streams = new StreamBound(handler, pipeline.context(handler), maxStreams);
        handler.connection().addListener(streams);
        HeldMemory memory = pipeline.get(ServerConnection.class).memory();
        memory.takes(HeldMemory.HTTP2);
        countRequests(handler.decoder(), memory);
        pipeline.addBefore(ProtocolChosen.HTTP2_HANDLER, null, new Http2Input(memory, streams::takeOver));
        pipeline.addBefore(ProtocolChosen.HTTP2_HANDLER, null, new GoneStreams());
    }

    /** Vert.x puts its own listener in place when it has read the first SETTINGS. */
    private static void countRequests(Http2ConnectionDecoder decoder, HeldMemory memory) {
        decoder.frameListener(new Http2FrameListenerDecorator(decoder.frameListener()) {
            @Override
            public void onSettingsRead(ChannelHandlerContext context, Http2Settings settings) throws Http2Exception {
                super.onSettingsRead(context, settings);
                decoder.frameListener(new Http2Requests(decoder.frameListener(), decoder.connection(), memory));
            }
        });
    }
}
