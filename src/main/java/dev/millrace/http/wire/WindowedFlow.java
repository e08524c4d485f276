package dev.millrace.http.wire;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Stream;

/**
 * Netty's flow control of responses, with a bound on the bytes that wait for the windows of the client. A stream that would exceed it
 * is reset with ENHANCE_YOUR_CALM; the others of the connection go on.
 */
final class WindowedFlow implements Http2RemoteFlowController {

    private final Http2RemoteFlowController flow;
    private final ServerConnection connection;

    WindowedFlow(Http2RemoteFlowController flow, ServerConnection connection) {
        this.flow = flow;
        this.connection = connection;
    }

    @Override
    public void addFlowControlled(Http2Stream stream, FlowControlled frame) {
        int size = frame.size();
        if (!connection.mayAwaitWindow(size)) {
            frame.error(flow.channelHandlerContext(), Http2Exception.streamError(stream.id(),
                    Http2Error.ENHANCE_YOUR_CALM, "Too many bytes wait for the windows of the client"));
            return;
        }
        connection.awaitsWindow(size);
        flow.addFlowControlled(stream, new Counted(frame, connection));
    }

    /** A frame whose bytes are counted until they are sent or dropped. */
    private record Counted(FlowControlled frame, ServerConnection connection) implements FlowControlled {

        @Override
        public int size() {
            return frame.size();
        }

        @Override
        public void write(ChannelHandlerContext context, int allowedBytes) {
            int before = frame.size();
            frame.write(context, allowedBytes);
            connection.noLongerAwaitsWindow(before - frame.size(), true);
        }

        @Override
        public void error(ChannelHandlerContext context, Throwable cause) {
            connection.noLongerAwaitsWindow(frame.size(), false);
            frame.error(context, cause);
        }

        @Override
        public void writeComplete() {
            frame.writeComplete();
        }

        @Override
        public boolean merge(ChannelHandlerContext context, FlowControlled next) {
            return frame.merge(context, next instanceof Counted counted ? counted.frame : next);
        }
    }

    @Override
    public ChannelHandlerContext channelHandlerContext() {
        return flow.channelHandlerContext();
    }

    @Override
    public void channelHandlerContext(ChannelHandlerContext context) throws Http2Exception {
        flow.channelHandlerContext(context);
    }

    @Override
    public boolean hasFlowControlled(Http2Stream stream) {
        return flow.hasFlowControlled(stream);
    }

    @Override
    public void writePendingBytes() throws Http2Exception {
        flow.writePendingBytes();
    }

    @Override
    public void listener(Listener listener) {
        flow.listener(listener);
    }

    @Override
    public boolean isWritable(Http2Stream stream) {
        return flow.isWritable(stream);
    }

    @Override
    public void channelWritabilityChanged() throws Http2Exception {
        flow.channelWritabilityChanged();
    }

    @Override
    public void updateDependencyTree(int child, int parent, short weight, boolean exclusive) {
        flow.updateDependencyTree(child, parent, weight, exclusive);
    }

    @Override
    public void initialWindowSize(int bytes) throws Http2Exception {
        flow.initialWindowSize(bytes);
    }

    @Override
    public int initialWindowSize() {
        return flow.initialWindowSize();
    }

    @Override
    public int windowSize(Http2Stream stream) {
        return flow.windowSize(stream);
    }

    @Override
    public void incrementWindowSize(Http2Stream stream, int bytes) throws Http2Exception {
        flow.incrementWindowSize(stream, bytes);
    }
}
