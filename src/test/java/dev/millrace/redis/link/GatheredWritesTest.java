package dev.millrace.redis.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;

/** What is written leaves whole and in order, in few buffers; each who wrote is told, and no buffer is left over. */
class GatheredWritesTest {

    private final EmbeddedChannel channel = new EmbeddedChannel(new GatheredWrites());

    @Test
    void whatIsWrittenUpToAFlushLeavesInOneBuffer() {
        List<ByteBuf> written = IntStream.range(0, 1000).mapToObj(i -> buffer(i + " ")).toList();
        List<ChannelFuture> told = written.stream().map(channel::write).toList();
        assertNull(channel.readOutbound());
        channel.flush();
        assertEquals(List.of(String.join("", IntStream.range(0, 1000).mapToObj(i -> i + " ").toList())), sent());
        told.forEach(future -> assertTrue(future.isSuccess()));
        written.forEach(buffer -> assertEquals(0, buffer.refCnt()));
    }

    @Test
    void whatIsLargeLeavesInPieces() {
        String large = "0123456789".repeat(20_000);
        channel.write(buffer("a"));
        ChannelFuture told = channel.write(buffer(large));
        channel.write(buffer("z"));
        channel.flush();
        List<String> sent = sent();
        assertEquals('a' + large + 'z', String.join("", sent));
        assertTrue(sent.stream().allMatch(piece -> piece.length() <= 64 * 1024), sent.size() + " pieces");
        assertTrue(told.isSuccess());
    }

    @Test
    void aFewPiecesWaitForTheSocketAtATime() {
        List<ByteBuf> waiting = new ArrayList<>();
        List<ChannelPromise> promises = new ArrayList<>();
        EmbeddedChannel slow = new EmbeddedChannel(new ChannelOutboundHandlerAdapter() {
            @Override
            public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
                waiting.add((ByteBuf) message);
                promises.add(promise);
            }
        }, new GatheredWrites());
        ChannelFuture told = slow.writeAndFlush(buffer("0123456789".repeat(100_000)));
        assertEquals(4, waiting.size());
        int bytes = 0;
        while (!promises.isEmpty()) {
            assertFalse(told.isDone());
            bytes += waiting.get(0).readableBytes();
            waiting.remove(0).release();
            promises.remove(0).setSuccess();
            assertTrue(waiting.size() <= 4);
        }
        assertEquals(1_000_000, bytes);
        assertTrue(told.isSuccess());
    }

    @Test
    void whatIsNotBytesKeepsItsPlace() {
        channel.write(buffer("a"));
        channel.write("message");
        channel.write(buffer("b"));
        channel.flush();
        assertEquals(List.of("a", "message", "b"), sent());
    }

    @Test
    void anEmptyBufferIsTold() {
        ChannelFuture told = channel.writeAndFlush(Unpooled.EMPTY_BUFFER);
        assertTrue(told.isSuccess());
        assertEquals("", String.join("", sent()));
    }

    @Test
    void anEmptyBufferBehindOneThatCannotBeWrittenToIsTold() {
        ChannelFuture whole = channel.write(buffer("0").asReadOnly());
        ChannelFuture told = channel.write(Unpooled.EMPTY_BUFFER);
        channel.flush();
        assertEquals(List.of("0"), sent());
        assertTrue(whole.isSuccess());
        assertTrue(told.isSuccess());
    }

    @Test
    void whatIsNotFlushedLeavesBeforeTheConnectionIsClosed() {
        ChannelFuture told = channel.write(buffer("last"));
        channel.close();
        assertTrue(told.isSuccess());
        assertEquals(List.of("last"), sent());
    }

    @Test
    void whoeverWritesToAClosedConnectionIsTold() {
        channel.close();
        ByteBuf buffer = buffer("late");
        ChannelFuture told = channel.write(buffer);
        channel.flush();
        assertFalse(told.isSuccess());
        assertInstanceOf(ClosedChannelException.class, told.cause());
        assertEquals(0, buffer.refCnt());
    }

    private static ByteBuf buffer(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
    }

    private List<String> sent() {
        List<String> sent = new ArrayList<>();
        for (Object message = channel.readOutbound(); message != null; message = channel.readOutbound()) {
            if (message instanceof ByteBuf bytes) {
                sent.add(bytes.toString(StandardCharsets.UTF_8));
                bytes.release();
            } else {
                sent.add((String) message);
            }
        }
        return sent;
    }
}
