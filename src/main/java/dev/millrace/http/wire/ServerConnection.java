package dev.millrace.http.wire;

import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.handler.ssl.SniHandler;
import io.netty.handler.ssl.SslHandler;

/**
 * One connection of a server, next to its socket. Reads nothing while the client does not read or has too many requests open, and knows how many bytes of responses
 * wait for the client: in the socket's queue, and for the windows of HTTP/2. All but {@link #close} is called on its event loop.
 */
final class ServerConnection extends ChannelDuplexHandler {

    /** Fewer bytes more or less are not told to {@link UnsentBytes}: most responses never are. */
    static final long STEP = 64 * 1024;
    /** What a client has to take in each time-out, unless less waits for it. */
    static final long MIN_PROGRESS = 16 * 1024;

    private final Channel channel;
    private final UnsentBytes unsent;
    private final HeldMemory memory;
    private final Http1Settings http1;
    private final long maxStreams;
    private final AtomicBoolean closing = new AtomicBoolean();

    private @Nullable ChannelHandlerContext context;
    private boolean readWanted;
    private int lastBuffer;
    private boolean gone;
    /** Since the connection was opened. */
    private long queued;
    private long awaitingWindow;
    private long sentByWindow;
    private long heldRequests;
    private volatile long reported;
    private volatile long reportedSince;

    private boolean watched;
    private boolean watchedByWindow;
    private long watchedSince;
    private long sentBefore;
    private long progressWanted;

    ServerConnection(Channel channel, UnsentBytes unsent, ConnectionMemory memory, Http1Settings http1,
            long maxStreams) {
        this.channel = channel;
        this.unsent = unsent;
        this.memory = new HeldMemory(memory, () -> close(ClosedConnections.Reason.OPEN_REQUESTS));
        this.http1 = http1;
        this.maxStreams = maxStreams;
    }

    @Override
    public void channelRegistered(ChannelHandlerContext context) {
        // Vert.x has added its first handlers. It chooses the protocol later: after the TLS handshake, or at the first bytes.
        context.pipeline().addLast(new ProtocolChosen(http1, maxStreams));
        boolean tls = context.pipeline().get(SslHandler.class) != null
                || context.pipeline().get(SniHandler.class) != null;
        memory.opened(HeldMemory.CONNECTION + (tls ? HeldMemory.TLS : 0));
        unsent.watch(this, context.executor());
        context.fireChannelRegistered();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        gone = true;
        this.context = null;
        memory.closed();
        unsent.forget(this, context.executor());
        report(0);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    /** What the connection and its requests take. */
    HeldMemory memory() {
        return memory;
    }

    /** Bytes of the buffer that was read last. */
    int lastBuffer() {
        return lastBuffer;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        lastBuffer = message instanceof ByteBuf bytes ? bytes.capacity() : 0;
        context.fireChannelRead(message);
    }

    @Override
    public void read(ChannelHandlerContext context) {
        if (channel.isWritable() && heldRequests == 0) {
            context.read();
        } else {
            readWanted = true;
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        readIfWanted();
        changed();
        context.fireChannelWritabilityChanged();
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        long before = inQueue();
        context.write(message, promise);
        queued += inQueue() - before;
        changed();
    }

    /** Whether so many bytes more may wait for the client's windows. A single response may be as large as it wants. */
    boolean mayAwaitWindow(int bytes) {
        return awaitingWindow == 0 || awaitingWindow + bytes <= unsent.perConnection();
    }

    /** So many bytes wait for the client's windows now. */
    void awaitsWindow(int bytes) {
        awaitingWindow += bytes;
        changed();
    }

    /** So many bytes no longer wait for the windows: they are sent, or their stream is gone. */
    void noLongerAwaitsWindow(int bytes, boolean sent) {
        awaitingWindow -= bytes;
        if (sent) {
            sentByWindow += bytes;
        }
        changed();
    }

    /**
     * Whether requests of the connection wait, because the client does not read or has too many open. The transport of Java may still read
     * what arrives; it counts as memory of the connection.
     */
    boolean isHeld() {
        return readWanted;
    }

    /** Requests that were read already, and wait until the client reads or others are answered, take about so many bytes. */
    void holdsRequests(long bytes) {
        memory.takes(bytes - heldRequests);
        heldRequests = bytes;
        changed();
        readIfWanted();
    }

    private void readIfWanted() {
        if (readWanted && context != null && channel.isWritable() && heldRequests == 0) {
            readWanted = false;
            context.read();
        }
    }

    /** Bytes that wait for the client, to {@link #STEP}; read by any thread. */
    long reported() {
        return reported;
    }

    /** When bytes began to wait, by {@link System#nanoTime}, if {@link #reported} is not 0; read by any thread. */
    long reportedSince() {
        return reportedSince;
    }

    boolean isClosing() {
        return closing.get();
    }

    /** Called every second: closes the connection if its client has not taken enough for {@code timeoutNanos}. */
    void check(long nowNanos, long timeoutNanos) {
        changed();
        long pending = pending();
        if (pending == 0) {
            watched = false;
            return;
        }
        boolean byWindow = awaitingWindow > 0;
        long sent = byWindow ? sentByWindow : queued - inQueue();
        if (!watched || byWindow != watchedByWindow || sent - sentBefore >= progressWanted) {
            watched = true;
            watchedByWindow = byWindow;
            watchedSince = nowNanos;
            sentBefore = sent;
            progressWanted = Math.min(MIN_PROGRESS, pending);
        } else if (nowNanos - watchedSince > timeoutNanos) {
            close(ClosedConnections.Reason.NOT_READING);
        }
    }

    /** Closes the connection at once, with what waits for its client; called on any thread. */
    void close(ClosedConnections.Reason reason) {
        if (closing.compareAndSet(false, true)) {
            ClosedConnections.count(reason);
            // Not channel.close(): the handler of HTTP/2 would first wait for the streams.
            channel.eventLoop().execute(() -> channel.unsafe().close(channel.unsafe().voidPromise()));
        }
    }

    private long inQueue() {
        ChannelOutboundBuffer queue = channel.unsafe().outboundBuffer();
        return queue == null ? 0 : queue.totalPendingWriteBytes();
    }

    private long pending() {
        return inQueue() + awaitingWindow + (channel.isWritable() ? 0 : heldRequests);
    }

    private void changed() {
        long pending = pending();
        if (!gone && (Math.abs(pending - reported) >= STEP || pending == 0 && reported != 0)) {
            report(pending);
        }
    }

    private void report(long pending) {
        long before = reported;
        if (before == 0) {
            reportedSince = System.nanoTime();
        }
        reported = pending;
        unsent.changed(this, before, pending);
    }
}
