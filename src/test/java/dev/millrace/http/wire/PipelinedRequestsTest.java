package dev.millrace.http.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;

/** Requests behind a response that the client does not read wait, and keep their order. */
class PipelinedRequestsTest {

    private final EmbeddedChannel channel = new EmbeddedChannel();

    private int unanswered;

    PipelinedRequestsTest() {
        UnsentBytes unsent = new UnsentBytes(8 << 20, 8 << 20, Duration.ofSeconds(30).toNanos());
        channel.pipeline().addLast(new PipelinedRequests(new ServerConnection(channel, unsent,
                new ConnectionMemory(8 << 20),
                new Http1Settings(new io.vertx.core.http.HttpServerOptions(), 100, Duration.ofSeconds(60), 1024), 100),
                () -> unanswered));
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
    void requestsWaitWhileTooManyAreNotAnswered() {
        unanswered = PipelinedRequests.MAX_OPEN - 1;
        HttpRequest passed = request();
        channel.writeInbound(passed);
        assertSame(passed, channel.readInbound());

        unanswered++;
        HttpRequest waiting = request();
        channel.writeInbound("the body of a request that was passed on", waiting, "its body");
        assertEquals("the body of a request that was passed on", channel.readInbound());
        assertNull(channel.readInbound());

        unanswered--;
        channel.flush();
        channel.runPendingTasks();
        assertSame(waiting, channel.readInbound());
        assertEquals("its body", channel.readInbound());
        channel.finishAndReleaseAll();
    }

    private static HttpRequest request() {
        return new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/");
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
