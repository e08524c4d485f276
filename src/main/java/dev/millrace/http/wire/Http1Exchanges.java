package dev.millrace.http.wire;

import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;

import dev.millrace.http.problem.ErrorCode;

/**
 * Follows the requests and responses of one HTTP/1 connection, between the codec and Vert.x, and guarantees:
 * <ul>
 * <li>If the connection closes after a response, the response says {@code Connection: close}, and the other way round. Otherwise a
 * proxy sends its next request into a closed connection.
 * <li>A {@link RefusedRequest}, and a request that does not arrive in time, gets a problem, after the responses to the requests in front
 * of it. Nothing behind it is served, and the connection closes.
 * </ul>
 */
final class Http1Exchanges extends ChannelDuplexHandler {

    private static final RefusedRequest TIMED_OUT = new RefusedRequest(ErrorCode.REQUEST_TIMEOUT,
            "The request did not arrive in time");

    /** Up to so much of a body that nobody reads is dropped, so that the connection can be used again. */
    private static final long MAX_DROPPED_BYTES = 64 * 1024;

    private final StrictRequestDecoder decoder;
    private final ServerConnection connection;
    /** Requests that were passed on to Vert.x and have no complete response: their memory. */
    private final Deque<HeldMemory.OpenRequest> open = new ArrayDeque<>();
    private final ReceiveDeadline deadline;
    /** The response in turn has begun, and not ended. */
    private boolean responding;
    /** The latest request was passed on, and its end has not arrived. */
    private boolean receiving;
    /** Bytes of its body that have not arrived; -1 if it is chunked. */
    private long missing;
    /** The client waits for a 100 before it sends the body. */
    private boolean expectsContinue;
    /** A request said that it is the last one (section 9.6). Vert.x sees that only where the field has no other option. */
    private boolean closeWanted;
    private boolean closesAfterResponse;
    private @Nullable RefusedRequest refused;
    private boolean closing;

    Http1Exchanges(StrictRequestDecoder decoder, Http1Settings settings, ServerConnection connection) {
        this.decoder = decoder;
        this.connection = connection;
        this.deadline = new ReceiveDeadline(decoder, settings);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (closing || closeWanted && !receiving) {
            // Nothing behind the last request is served.
            ReferenceCountUtil.release(message);
            return;
        }
        if (message instanceof RefusedRequest e) {
            refuse(context, e);
            return;
        }
        if (message instanceof HttpRequest request) {
            deadline.headReceived();
            open.add(connection.memory().begin(bytes(request)));
            receiving = true;
            missing = HttpUtil.isTransferEncodingChunked(request) ? -1 : HttpUtil.getContentLength(request, 0L);
            expectsContinue = HttpUtil.is100ContinueExpected(request);
            closeWanted |= request.headers().containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE, true);
        }
        if (message instanceof HttpContent content) {
            int bytes = content.content().readableBytes();
            deadline.bodyReceived(bytes);
            if (receiving && bytes > 0 && !open.isEmpty()) {
                connection.memory().body(open.getLast(), bytes);
            }
            missing = missing < 0 ? missing : missing - bytes;
            expectsContinue &= bytes == 0;
            receiving = !(message instanceof LastHttpContent);
        }
        context.fireChannelRead(message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (!closing && decoder.isReceiving()) {
            deadline.watch(context, () -> expired(context));
        }
        connection.memory().partial(closing ? 0 : decoder.partialBytes(connection.lastBuffer()));
        context.fireChannelReadComplete();
    }

    private void expired(ChannelHandlerContext context) {
        if (connection.isHeld()) {
            deadline.watch(context, () -> expired(context));
        } else {
            refuse(context, TIMED_OUT);
        }
    }

    /** What the target and the fields of a request take in memory, by estimate. */
    static long bytes(HttpRequest request) {
        long bytes = request.uri().length();
        for (Iterator<Map.Entry<CharSequence, CharSequence>> fields = request.headers().iteratorCharSequence(); fields
                .hasNext();) {
            Map.Entry<CharSequence, CharSequence> field = fields.next();
            bytes += field.getKey().length() + field.getValue().length() + HeldMemory.FIELD;
        }
        return bytes;
    }

    /** Returns how many requests have no complete response. */
    int unanswered() {
        return open.size();
    }

    private void refuse(ChannelHandlerContext context, RefusedRequest e) {
        decoder.refuse();
        refused = e;
        answerRefused(context, e);
    }

    private void answerRefused(ChannelHandlerContext context, RefusedRequest e) {
        boolean passedOn = receiving;
        if (closing || open.size() > (passedOn ? 1 : 0)) {
            return;
        }
        boolean unsaid = !passedOn || open.size() == 1 && !responding;
        if (unsaid) {
            context.write(ProblemResponse.to(e));
        }
        linger(context);
        if (passedOn) {
            // Tells the reader of the body. Its response is dropped.
            context.fireExceptionCaught(e);
        } else {
            RefusedRequests.count(e.code().status());
        }
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (closing) {
            ReferenceCountUtil.release(message);
            promise.tryFailure(new ClosedChannelException());
            return;
        }
        if (message instanceof HttpResponse response) {
            if (response.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
                expectsContinue = false;
            } else {
                responding = true;
                closesAfterResponse = closes(response);
            }
        }
        boolean last = responding && message instanceof LastHttpContent;
        context.write(message, promise);
        if (last) {
            responded(context);
        }
    }

    private boolean closes(HttpResponse response) {
        if (open.size() == 1 && closeWanted
                || receiving && open.size() == 1 && (expectsContinue || missing < 0 || missing > MAX_DROPPED_BYTES)) {
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
            return true;
        }
        String connection = response.headers().get(HttpHeaderNames.CONNECTION);
        return connection != null && HttpHeaderValues.CLOSE.contentEqualsIgnoreCase(connection);
    }

    private void responded(ChannelHandlerContext context) {
        responding = false;
        connection.memory().end(open.remove());
        if (closesAfterResponse) {
            closeWhenWritten(context);
        } else if (refused != null) {
            // Only after this call does Vert.x turn to the next request.
            RefusedRequest e = refused;
            context.executor().execute(() -> answerRefused(context, e));
        }
    }

    @Override
    public void close(ChannelHandlerContext context, ChannelPromise promise) {
        if (closing || context.channel().isActive() && (receiving || refused != null)) {
            linger(context);
            if (!promise.isVoid()) {
                context.channel().closeFuture().addListener(closed -> promise.trySuccess());
            }
        } else {
            closing = true;
            context.close(promise);
        }
    }

    /** A close at once would drop what the client has not taken yet. */
    private void closeWhenWritten(ChannelHandlerContext context) {
        if (receiving || refused != null) {
            linger(context);
        } else {
            closing = true;
            decoder.refuse();
            deadline.cancel();
            context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> context.close());
        }
    }

    private void linger(ChannelHandlerContext context) {
        if (!closing) {
            closing = true;
            decoder.refuse();
            deadline.cancel();
            LingeringChannelClose.close(context);
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        deadline.cancel();
    }
}
