package dev.millrace.http.wire;

import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.Http2Connection.Endpoint;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2RemoteFlowController;

/** The handlers of a connection that speaks HTTP/2. */
final class Http2Connection {

    private Http2Connection() {}

    /** Called once per connection, before the codec has seen a byte. */
    static void configure(ChannelPipeline pipeline) {
        Http2ConnectionHandler handler = pipeline.get(Http2ConnectionHandler.class);
        Endpoint<Http2RemoteFlowController> client = handler.connection().remote();
        client.flowController(new WindowedFlow(client.flowController(), pipeline.get(ServerConnection.class)));
        pipeline.addBefore(ProtocolChosen.HTTP2_HANDLER, null, new GoneStreams());
    }
}
