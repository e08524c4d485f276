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
 * its bytes: a place in the channel's queue, a direct buffer to be copied into, an entry in the call of the kernel.
 */
final class GatheredWrites extends ChannelOutboundHandlerAdapter {

    /** Most bytes of one buffer. */
    private static final int MOST = 64 * 1024;

    @SuppressWarnings("NullAway.Init") // Netty calls handlerAdded() first.
    private Gathered gathered;

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        gathered = new Gathered(context.channel());
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (message instanceof ByteBuf bytes) {
            gathered.add(bytes, promise);
        } else {
            release(context);
            context.write(message, promise);
        }
    }

    @Override
    public void flush(ChannelHandlerContext context) {
        release(context);
        context.flush();
    }

    /** Passes on what was gathered, in order. */
    private void release(ChannelHandlerContext context) {
        while (!gathered.isEmpty()) {
            ChannelPromise all = context.newPromise();
            context.write(gathered.remove(context.alloc(), MOST, all), all);
        }
    }

    @Override
    public void close(ChannelHandlerContext context, ChannelPromise promise) {
        flush(context);
        context.close(promise);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        // Also when the channel is gone: then the writes fail, and those who made them are told.
        flush(context);
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
