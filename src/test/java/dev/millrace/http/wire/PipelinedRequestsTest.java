package dev.millrace.http.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;

/** Requests behind a response that the client does not read wait, and keep their order. */
class PipelinedRequestsTest {

    private final EmbeddedChannel channel = new EmbeddedChannel();

    PipelinedRequestsTest() {
        UnsentBytes unsent = new UnsentBytes(8 << 20, 8 << 20, Duration.ofSeconds(30).toNanos());
        channel.pipeline().addLast(new PipelinedRequests(new ServerConnection(channel, unsent,
                new Http1Settings(new io.vertx.core.http.HttpServerOptions(), 100, Duration.ofSeconds(60), 1024))));
    }

    @Test
    void requestsWaitWhileTheClientDoesNotRead() {
        channel.writeInbound("first");
        assertEquals("first", channel.readInbound());

        channel.write(Unpooled.wrappedBuffer(new byte[1 << 20]));
        channel.writeInbound("second", "third");
        assertNull(channel.readInbound());

        channel.flush();
        channel.runPendingTasks();
        assertEquals("second", channel.readInbound());
        assertEquals("third", channel.readInbound());
        channel.finishAndReleaseAll();
    }

    @Test
    void whatWaitsIsReleasedWithTheConnection() {
        channel.write(Unpooled.wrappedBuffer(new byte[1 << 20]));
        ByteBuf body = Unpooled.buffer(1).writeByte(1);
        channel.writeOneInbound(body);
        assertEquals(1, body.refCnt());

        channel.close();
        channel.runPendingTasks();
        assertEquals(0, body.refCnt());
    }
}
