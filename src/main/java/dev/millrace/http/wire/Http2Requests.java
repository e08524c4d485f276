package dev.millrace.http.wire;

import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;

/**
 * Checks the requests of an HTTP/2 connection by {@link Http2Rules}, and counts their memory, from their heads until their streams are
 * closed.
 */
final class Http2Requests extends Http2FrameListenerDecorator {

    private final Http2Connection connection;
    private final Http2Connection.PropertyKey key;
    private final HeldMemory memory;

    Http2Requests(Http2FrameListener listener, Http2Connection connection, HeldMemory memory) {
        super(listener);
        this.connection = connection;
        this.key = connection.newKey();
        this.memory = memory;
        connection.addListener(new Http2ConnectionAdapter() {
            @Override
            public void onStreamClosed(Http2Stream stream) {
                HeldMemory.OpenRequest request = stream.removeProperty(key);
                if (request != null) {
                    memory.end(request);
                }
            }
        });
    }

    @Override
    public void onHeadersRead(ChannelHandlerContext context, int streamId, Http2Headers headers, int padding,
            boolean endOfStream) throws Http2Exception {
        headersRead(streamId, headers);
        super.onHeadersRead(context, streamId, headers, padding, endOfStream);
    }

    @Override
    public void onHeadersRead(ChannelHandlerContext context, int streamId, Http2Headers headers, int streamDependency,
            short weight, boolean exclusive, int padding, boolean endOfStream) throws Http2Exception {
        headersRead(streamId, headers);
        super.onHeadersRead(context, streamId, headers, streamDependency, weight, exclusive, padding, endOfStream);
    }

    private void headersRead(int streamId, Http2Headers headers) throws Http2Exception {
        Http2Stream stream = connection.stream(streamId);
        if (stream == null) {
            return;
        }
        long bytes = 0;
        for (Map.Entry<CharSequence, CharSequence> field : headers) {
            bytes += field.getKey().length() + field.getValue().length() + HeldMemory.FIELD;
        }
        HeldMemory.OpenRequest request = stream.getProperty(key);
        if (request == null) {
            stream.setProperty(key, memory.begin(bytes));
        } else {
            memory.more(request, bytes);
        }
        Http2Rules.check(streamId, headers);
    }

    @Override
    public int onDataRead(ChannelHandlerContext context, int streamId, ByteBuf data, int padding, boolean endOfStream)
            throws Http2Exception {
        Http2Stream stream = connection.stream(streamId);
        HeldMemory.@Nullable OpenRequest request = stream == null ? null : stream.getProperty(key);
        if (request != null) {
            memory.body(request, data.readableBytes());
        }
        return super.onDataRead(context, streamId, data, padding, endOfStream);
    }
}
