package dev.millrace.redis.link;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.AbstractCoalescingBufferQueue;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;

/**
 * Copies what is written up to a flush into one buffer. Commands are small and many, and each buffer of its own would cost more than
 * its bytes: a place in the channel's queue, a direct buffer to be copied into, an entry in the call of the kernel. Of many or large
 * commands, only a few buffers are copied at a time, and the next ones when those have left: they are memory outside the heap.
 */
final class GatheredWrites extends ChannelOutboundHandlerAdapter {

    /** Most bytes of one buffer. */
    private static final int MOST = 64 * 1024;
    /** Buffers that wait for the socket at once. */
    private static final int AT_ONCE = 4;

    @SuppressWarnings("NullAway.Init") // Netty calls handlerAdded() first.
    private Gathered gathered;
    private int waiting;

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        gathered = new Gathered(context.channel());
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (message instanceof ByteBuf bytes) {
            gathered.add(bytes, promise);
        } else {
            release(context, Integer.MAX_VALUE);
            context.write(message, promise);
        }
    }

    @Override
    public void flush(ChannelHandlerContext context) {
        release(context, AT_ONCE);
        context.flush();
    }

    /** Passes on what was gathered, in order, until so many buffers wait. */
    private void release(ChannelHandlerContext context, int most) {
        while (!gathered.isEmpty() && waiting < most) {
            ChannelPromise all = context.newPromise();
            waiting++;
            all.addListener(sent -> left(context));
            context.write(gathered.remove(context.alloc(), MOST, all), all);
        }
    }

    private void left(ChannelHandlerContext context) {
        waiting--;
        if (!gathered.isEmpty()) {
            flush(context);
        }
    }

    @Override
    public void close(ChannelHandlerContext context, ChannelPromise promise) {
        flushAll(context);
        context.close(promise);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        // Also when the channel is gone: then the writes fail, and those who made them are told.
        flushAll(context);
    }

    private void flushAll(ChannelHandlerContext context) {
        release(context, Integer.MAX_VALUE);
        context.flush();
    }

    private static final class Gathered extends AbstractCoalescingBufferQueue {

        Gathered(Channel channel) {
            super(channel, 16);
        }

        @Override
        protected ByteBuf composeFirst(ByteBufAllocator allocator, ByteBuf first, int size) {
            ByteBuf gathered = allocator.ioBuffer(size);
            try {
                return compose(allocator, gathered, first);
            } catch (RuntimeException | Error e) {
                gathered.release();
                throw e;
            }
        }

        @Override
        protected ByteBuf compose(ByteBufAllocator allocator, ByteBuf gathered, ByteBuf next) {
            // One buffer alone comes here as it was written, maybe read-only, and may be followed by an empty one.
            if (next.isReadable()) {
                gathered.writeBytes(next);
            }
            next.release();
            return gathered;
        }

        @Override
        protected ByteBuf removeEmptyValue() {
            return Unpooled.EMPTY_BUFFER;
        }
    }
}
