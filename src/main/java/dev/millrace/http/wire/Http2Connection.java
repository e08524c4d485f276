package dev.millrace.http.wire;

import io.netty.channel.ChannelPipeline;

/** The handlers of a connection that speaks HTTP/2. */
final class Http2Connection {

    private Http2Connection() {}

    /** Called once per connection, before the codec has seen a byte. */
    static void configure(ChannelPipeline pipeline) {
        pipeline.addBefore(ProtocolChosen.HTTP2_HANDLER, null, new GoneStreams());
    }
}
