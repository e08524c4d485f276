package dev.millrace.http.wire;

import io.netty.channel.ChannelPipeline;

/** The handlers of a connection that speaks HTTP/1. */
final class Http1Connection {

    private static final String ENCODER = "httpEncoder";

    private Http1Connection() {}

    /** Called once per connection, before the decoder has seen a byte. */
    static void configure(ChannelPipeline pipeline, Http1Settings settings) {
        StrictRequestDecoder decoder = new StrictRequestDecoder(settings);
        pipeline.replace(ProtocolChosen.HTTP1_DECODER, ProtocolChosen.HTTP1_DECODER, decoder);
        ServerConnection connection = pipeline.get(ServerConnection.class);
        Http1Exchanges exchanges = new Http1Exchanges(decoder, settings, connection);
        pipeline.addAfter(ENCODER, "millrace-exchanges", exchanges);
        // In front of it, which counts what Vert.x has.
        PipelinedRequests pipelined = new PipelinedRequests(connection, exchanges::unanswered);
        pipeline.addAfter(ENCODER, null, pipelined);
        if (pipeline.get(IgnoredUpgrade.VERTX_HANDLER) != null) {
            pipeline.addBefore(IgnoredUpgrade.VERTX_HANDLER, null, new IgnoredUpgrade());
        }
    }
}
