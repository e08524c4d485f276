package dev.millrace.http.wire;

import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.Future;

/**
 * Watches whether the request that a connection is receiving makes progress. The head must arrive within the timeout, and a minimum of
 * bytes of the body in each further timeout. At most one timer runs per connection, and none for requests that arrive at once. Requests
 * do not restart it, so one may take up to twice the timeout.
 */
final class ReceiveDeadline {

    private final StrictRequestDecoder decoder;
    private final long timeoutMs;
    private final int minBytes;
    private @Nullable Future<?> timer;
    private long heads;
    private long bytes;

    ReceiveDeadline(StrictRequestDecoder decoder, Http1Settings settings) {
        this.decoder = decoder;
        this.timeoutMs = settings.timeout().toMillis();
        this.minBytes = settings.minBytes();
    }

    /** The head of a request has arrived. */
    void headReceived() {
        heads++;
    }

    /** A part of a body has arrived. */
    void bodyReceived(int more) {
        bytes += more;
    }

    /** A request has arrived in part. Calls {@code expired} if the rest does not follow in time. */
    void watch(ChannelHandlerContext context, Runnable expired) {
        if (timer == null) {
            long headsBefore = heads;
            long bytesBefore = bytes;
            timer = context.executor().schedule(() -> {
                timer = null;
                boolean progress = heads != headsBefore || bytes - bytesBefore >= minBytes;
                if (decoder.isReceiving()) {
                    // While the service does not read, the client cannot send.
                    if (progress || !context.channel().config().isAutoRead()) {
                        watch(context, expired);
                    } else {
                        expired.run();
                    }
                }
            }, timeoutMs, TimeUnit.MILLISECONDS);
        }
    }

    void cancel() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }
}
