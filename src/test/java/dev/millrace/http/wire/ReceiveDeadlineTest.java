package dev.millrace.http.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.vertx.core.http.HttpServerOptions;

/** Guarantees for clients that send slowly, on a connection whose clock the test moves: by default a minute, and 1 KB per minute. */
class ReceiveDeadlineTest {

    private static final Http1Settings SETTINGS = new Http1Settings(new HttpServerOptions(), 100, Duration.ofMinutes(1),
            1024);
    private static final String POST = "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 10000\r\n\r\n";

    private final EmbeddedChannel channel = open();

    private static EmbeddedChannel open() {
        StrictRequestDecoder decoder = new StrictRequestDecoder(SETTINGS);
        EmbeddedChannel channel = new EmbeddedChannel();
        ServerConnection connection = new ServerConnection(channel, new UnsentBytes(1 << 20, 1 << 20, Long.MAX_VALUE),
                new ConnectionMemory(1 << 20), SETTINGS, 100);
        channel.pipeline().addLast(decoder, new HttpResponseEncoder(),
                new Http1Exchanges(decoder, SETTINGS, connection), new ChannelInboundHandlerAdapter() {
                    @Override
                    public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
                        assertInstanceOf(RefusedRequest.class, failure);
                        context.close();
                    }
                });
        channel.freezeTime();
        return channel;
    }

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    @Test
    void aHeadThatTricklesIsRefused() {
        for (char c : "GET /a ".toCharArray()) {
            assertTrue(channel.isOpen());
            assertEquals("", sent());
            receive(String.valueOf(c));
            pass(8);
        }
        pass(5);
        assertTimedOut();
    }

    @Test
    void fieldsThatTrickleAreRefused() {
        receive("GET /a HTTP/1.1\r\nHost: a\r\n");
        for (int i = 0; i < 5; i++) {
            pass(11);
            receive("X-" + i + ": a\r\n");
            assertEquals("", sent());
        }
        pass(11);
        assertTimedOut();
    }

    @Test
    void aBodyThatTricklesIsRefused() {
        receive(POST);
        for (int i = 0; i < 4; i++) {
            receive("x");
            pass(14);
            assertEquals("", sent());
        }
        pass(14);
        assertTimedOut();
    }

    /** The bytes of the chunks' sizes and extensions are no progress. */
    @Test
    void aChunkedBodyThatTricklesIsRefused() {
        receive("POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
        receive(("1;" + "a".repeat(1000) + "\r\nx\r\n").repeat(50));
        pass(61);
        assertTimedOut();
    }

    @Test
    void aBodyThatMakesProgressIsReceivedHoweverLongItTakes() {
        receive(POST);
        for (int i = 0; i < 9; i++) {
            pass(59);
            receive("x".repeat(1024));
            assertEquals("", sent());
        }
        pass(59);
        receive("x".repeat(10_000 - 9 * 1024));
        pass(600);

        assertEquals("", sent());
        assertTrue(channel.isOpen());
    }

    @Test
    void aConnectionWithoutARequestIsLeftToTheIdleTimeout() {
        receive("GET /a HTTP/1.1\r\nHost: a\r\n\r\n\r\n");
        pass(600);

        assertEquals("", sent());
        assertTrue(channel.isOpen());
    }

    /** A body that is dropped behind a 401. */
    @Test
    void aBodyThatTricklesBehindItsResponseEndsTheConnection() {
        receive(POST);
        respond();
        assertTrue(sent().startsWith("HTTP/1.1 401 "));
        for (int i = 0; i < 6; i++) {
            receive("x");
            pass(14);
        }
        assertEquals("", sent());
        pass(5);
        assertFalse(channel.isOpen());
    }

    @Test
    void whileTheServiceDoesNotReadTheClientIsNotLate() {
        receive(POST);
        channel.config().setAutoRead(false);
        pass(600);
        assertEquals("", sent());

        channel.config().setAutoRead(true);
        pass(120);
        assertTimedOut();
    }

    @Test
    void theResponseToAnEarlierRequestComesFirst() {
        receive("GET /a HTTP/1.1\r\nHost: a\r\n\r\n" + POST);
        pass(120);
        assertEquals("", sent());

        respond();
        channel.runPendingTasks();
        String sent = sent();
        assertTrue(sent.matches("(?s)HTTP/1.1 401 .*HTTP/1.1 408 .*"), sent);
    }

    private void receive(String bytes) {
        channel.writeInbound(Unpooled.copiedBuffer(bytes, US_ASCII));
        channel.releaseInbound();
    }

    private void respond() {
        DefaultFullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1,
                HttpResponseStatus.UNAUTHORIZED);
        response.headers().set(HttpHeaderNames.CONTENT_LENGTH, 0);
        channel.writeOutbound(response);
    }

    private void pass(int seconds) {
        channel.advanceTimeBy(seconds, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
        channel.runPendingTasks();
    }

    private String sent() {
        StringBuilder sent = new StringBuilder();
        for (ByteBuf bytes = channel.readOutbound(); bytes != null; bytes = channel.readOutbound()) {
            sent.append(bytes.toString(US_ASCII));
            bytes.release();
        }
        return sent.toString();
    }

    /** One 408, and the end of the connection soon after, though the client trickles on. */
    private void assertTimedOut() {
        String response = sent();
        assertTrue(response.startsWith("HTTP/1.1 408 "), response);
        assertTrue(response.toLowerCase(Locale.ROOT).contains("connection: close"), response);
        assertTrue(response.contains("\"code\":\"request-timeout\""), response);
        receive("x");
        pass(5);
        assertEquals("", sent());
        assertFalse(channel.isOpen());
    }
}
