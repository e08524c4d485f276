package dev.millrace.http.wire;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Counts the bytes that the codec of HTTP/2 keeps until the rest arrives: of a frame, and of a head that comes in several frames (RFC
 * 9113, sections 4.1 and 6.10). In front of the codec.
 */
final class Http2Input extends ChannelInboundHandlerAdapter {

    private static final int PREFACE = 24;
    private static final int FRAME_HEADER = 9;
    private static final int HEADERS = 1;
    private static final int CONTINUATION = 9;
    private static final int END_HEADERS = 4;

    private final HeldMemory memory;
    private final Runnable afterRead;
    private final byte[] header = new byte[FRAME_HEADER];
    private int preface = PREFACE;
    /** Bytes of {@link #header} that have arrived. */
    private int headerBytes;
    /** Bytes of the frame that have not arrived. */
    private int left;
    /** Bytes of the frame that have arrived, and of a head that is not complete. */
    private long frame;
    private long head;

    /** @param afterRead runs when the codec has seen what has arrived */
    Http2Input(HeldMemory memory, Runnable afterRead) {
        this.memory = memory;
        this.afterRead = afterRead;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        int capacity = 0;
        if (message instanceof ByteBuf bytes) {
            capacity = bytes.capacity();
            follow(bytes);
        }
        context.fireChannelRead(message);
        afterRead.run();
        // The codec keeps the whole buffer for what is left of it.
        memory.partial(frame > 0 ? frame + head + capacity : head);
    }

    private void follow(ByteBuf bytes) {
        int at = bytes.readerIndex() + Math.min(preface, bytes.readableBytes());
        preface -= at - bytes.readerIndex();
        while (at < bytes.writerIndex()) {
            if (headerBytes < FRAME_HEADER) {
                header[headerBytes++] = bytes.getByte(at++);
                frame++;
                if (headerBytes < FRAME_HEADER) {
                    continue;
                }
                left = (header[0] & 0xff) << 16 | (header[1] & 0xff) << 8 | header[2] & 0xff;
            }
            int arrived = Math.min(left, bytes.writerIndex() - at);
            left -= arrived;
            frame += arrived;
            at += arrived;
            if (left == 0) {
                ended();
            }
        }
    }

    private void ended() {
        boolean ofHead = header[3] == HEADERS || header[3] == CONTINUATION;
        head = ofHead && (header[4] & END_HEADERS) == 0 ? head + frame : 0;
        frame = 0;
        headerBytes = 0;
    }
}
