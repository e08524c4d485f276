package dev.millrace.http.wire;

import io.netty.channel.ChannelPipeline;

/** The handlers of a connection that speaks HTTP/1. */
final class Http1Connection {

    private Http1Connection() {}

    /** Called once per connection, before the decoder has seen a byte. */
    static void configure(ChannelPipeline pipeline) {
        // Handlers in front of or in place of ProtocolChosen.HTTP1_DECODER are added here.
    }
}
