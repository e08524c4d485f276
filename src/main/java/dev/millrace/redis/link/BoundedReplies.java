package dev.millrace.redis.link;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.handler.timeout.IdleStateHandler;
import io.vertx.core.net.NetClientOptions;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.ResponseType;

/**
 * Bounds the memory of replies before the Redis client decodes them. A reply in RESP2 that would take more than is available is cut: the
 * first value that does not fit becomes the error {@value #CUT}, and all others after it become nil. So the client never holds more, however
 * large a reply is, and the other replies on the connection are not affected.
 */
public final class BoundedReplies extends ChannelInboundHandlerAdapter {

    /** Memory of a decoded value in addition to its bytes. */
    public static final int PER_VALUE = 128;
    /** Redis nests replies less deeply; a deeper one is cut. */
    private static final int MAX_DEPTH = 8192;
    private static final String CUT = "MILLRACE_CUT the reply is too large";
    private static final byte[] CUT_REPLY = ("-" + CUT + "\r\n").getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NIL = "$-1\r\n".getBytes(StandardCharsets.US_ASCII);

    /** A day, and a little more, so that no other connection has the same. */
    private static final int MARK_MS = 86_400_123;

    private enum State {
        /** Before the type of a value. */
        TYPE,
        /** In the number of a bulk string or an array. */
        NUMBER,
        /** In the text of another value, up to the end of the line. */
        TEXT,
        /** In the bytes of a bulk string and its end of line. */
        BYTES
    }

    private final LongSupplier available;
    private State state = State.TYPE;
    private byte type;
    private long number;
    private boolean negative;
    /** Bytes left of a bulk string. */
    private long left;
    /** Values left at each level of nesting. */
    private long[] values = new long[8];
    private int depth;
    private long limit;
    private long used;
    private boolean cut;
    /** The level whose values are dropped with their array; -1 for none. */
    private int dropped = -1;
    /** Whether the bytes of the present value are passed on. */
    private boolean passes = true;
    /** The start of a number that continues in the next chunk. */
    private final byte[] head = new byte[32];
    private int headLength;

    /** @param available bytes that the next reply may take */
    BoundedReplies(LongSupplier available) {
        this.available = available;
    }

    /** Returns whether a value is the error that took the place of what did not fit. */
    public static boolean isCut(Response value) {
        return value.type() == ResponseType.ERROR && CUT.equals(value.toString());
    }

    /** Adds to the options of a client what {@link #install} recognises its connections by: a limit that no connection reaches. */
    static NetClientOptions mark(NetClientOptions options) {
        return options.setIdleTimeoutUnit(TimeUnit.MILLISECONDS).setReadIdleTimeout(MARK_MS);
    }

    /**
     * Bounds the replies on the marked connections of an event loop, between two replies. The Redis client does not offer its channels; the
     * event loop knows all that are registered with it. Must be called on it.
     */
    static void install(EventLoop loop, LongSupplier available) {
        if (!(loop instanceof SingleThreadEventLoop single)) {
            return;
        }
        try {
            for (Iterator<Channel> channels = single.registeredChannelsIterator(); channels.hasNext();) {
                ChannelPipeline pipeline = channels.next().pipeline();
                IdleStateHandler idle = pipeline.get(IdleStateHandler.class);
                if (idle != null && idle.getReaderIdleTimeInMillis() == MARK_MS && pipeline.context("handler") != null
                        && pipeline.get(BoundedReplies.class) == null) {
                    pipeline.addBefore("handler", null, new BoundedReplies(available));
                }
            }
        } catch (UnsupportedOperationException e) {
            // A transport that does not list its channels; replies are measured when they are decoded.
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!(message instanceof ByteBuf chunk)) {
            context.fireChannelRead(message);
            return;
        }
        ByteBuf out = context.alloc().buffer(chunk.readableBytes() + head.length);
        try {
            while (chunk.isReadable()) {
                step(chunk, out);
            }
        } finally {
            chunk.release();
        }
        if (out.isReadable()) {
            context.fireChannelRead(out);
        } else {
            out.release();
        }
    }

    private void step(ByteBuf in, ByteBuf out) {
        switch (state) {
            case TYPE -> begin(in.readByte(), out);
            case NUMBER -> number(in.readByte(), out);
            case TEXT -> text(in, out);
            case BYTES -> {
                int length = (int) Math.min(left, in.readableBytes());
                pass(in, length, out);
                left -= length;
                if (left == 0) {
                    end();
                }
            }
        }
    }

    private void begin(byte first, ByteBuf out) {
        type = first;
        if (depth == 0) {
            used = 0;
            cut = false;
            limit = available.getAsLong();
        }
        if (type == '$' || type == '*') {
            number = 0;
            negative = false;
            headLength = 0;
            head[headLength++] = type;
            state = State.NUMBER;
        } else {
            admit(PER_VALUE, out);
            if (passes) {
                out.writeByte(type);
            }
            state = State.TEXT;
        }
    }

    private void number(byte next, ByteBuf out) {
        if (headLength < head.length) {
            head[headLength++] = next;
        }
        if (next == '-') {
            negative = true;
        } else if (next >= '0' && next <= '9') {
            number = number * 10 + (next - '0');
        } else if (next == '\n') {
            numberRead(out);
        }
    }

    private void numberRead(ByteBuf out) {
        boolean empty = negative || number == 0;
        boolean array = type == '*';
        // The values of an array are counted as they come; here they must fit.
        boolean fits = !array || empty || used + PER_VALUE + number * PER_VALUE <= limit && depth < MAX_DEPTH;
        admit(fits ? PER_VALUE + (array || empty ? 0 : number) : Long.MAX_VALUE / 2, out);
        if (passes) {
            out.writeBytes(head, 0, headLength);
        }
        if (array && !empty) {
            if (!passes && dropped < 0) {
                dropped = depth;
            }
            if (depth == values.length) {
                values = Arrays.copyOf(values, 2 * depth);
            }
            values[depth++] = number;
            state = State.TYPE;
        } else if (!array && !negative) {
            left = number + 2;
            state = State.BYTES;
        } else {
            end();
        }
    }

    private void text(ByteBuf in, ByteBuf out) {
        int end = in.indexOf(in.readerIndex(), in.writerIndex(), (byte) '\n');
        pass(in, (end < 0 ? in.writerIndex() : end + 1) - in.readerIndex(), out);
        if (end >= 0) {
            end();
        }
    }

    private void pass(ByteBuf in, int length, ByteBuf out) {
        if (passes) {
            out.writeBytes(in, length);
        } else {
            in.skipBytes(length);
        }
    }

    /** Decides whether the present value is passed on, and writes what takes its place. */
    private void admit(long size, ByteBuf out) {
        if (dropped >= 0) {
            passes = false;
            return;
        }
        passes = !cut && used + size <= limit;
        if (passes) {
            used += size;
        } else {
            out.writeBytes(cut ? NIL : CUT_REPLY);
            cut = true;
        }
    }

    /** A value has ended, and with it the arrays whose last value it was. */
    private void end() {
        state = State.TYPE;
        while (depth > 0 && --values[depth - 1] == 0) {
            depth--;
            if (depth == dropped) {
                dropped = -1;
            }
        }
    }
}
