package dev.millrace.http.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;

/** What waits for a client stays within its bounds, and for a time only. */
class ServerConnectionTest {

    private static final long TIMEOUT = TimeUnit.SECONDS.toNanos(30);
    private static final int MIB = 1 << 20;

    private final UnsentBytes unsent = new UnsentBytes(4 * MIB, 8 * MIB, TIMEOUT);
    private final ConnectionMemory memory = new ConnectionMemory(8 * MIB);
    private final List<EmbeddedChannel> channels = new ArrayList<>();

    @AfterEach
    void close() {
        channels.forEach(EmbeddedChannel::finishAndReleaseAll);
    }

    @Test
    void aClientThatTakesNothingIsDisconnectedAfterTheTimeout() {
        ServerConnection connection = connect();
        EmbeddedChannel client = channels.get(0);
        client.write(Unpooled.wrappedBuffer(new byte[100]));

        connection.check(0, TIMEOUT);
        connection.check(TIMEOUT, TIMEOUT);
        client.runPendingTasks();
        assertTrue(client.isOpen());

        connection.check(TIMEOUT + 1, TIMEOUT);
        client.runPendingTasks();
        assertFalse(client.isOpen());
    }

    @Test
    void aClientThatTakesAllOfItHasANewTimeout() {
        ServerConnection connection = connect();
        EmbeddedChannel client = channels.get(0);
        client.write(Unpooled.wrappedBuffer(new byte[100]));
        connection.check(0, TIMEOUT);
        client.flush();
        client.write(Unpooled.wrappedBuffer(new byte[100]));

        connection.check(TIMEOUT + 1, TIMEOUT);
        client.runPendingTasks();
        assertTrue(client.isOpen());
    }

    @Test
    void aClientThatTakesAByteNowAndThenIsDisconnected() {
        ServerConnection connection = connect();
        EmbeddedChannel client = channels.get(0);
        connection.awaitsWindow(MIB);
        connection.check(0, TIMEOUT);
        for (int second = 1; second <= 30; second++) {
            connection.noLongerAwaitsWindow(1, true);
            connection.check(TimeUnit.SECONDS.toNanos(second), TIMEOUT);
        }
        connection.check(TIMEOUT + 1, TIMEOUT);
        client.runPendingTasks();
        assertFalse(client.isOpen());
    }

    @Test
    void oneResponseMayBeLargeAndASecondOneMayNotExceedTheBound() {
        ServerConnection connection = connect();
        assertTrue(connection.mayAwaitWindow(6 * MIB));
        connection.awaitsWindow(6 * MIB);
        assertFalse(connection.mayAwaitWindow(1));
        connection.noLongerAwaitsWindow(3 * MIB, true);
        assertTrue(connection.mayAwaitWindow(MIB));
        assertFalse(connection.mayAwaitWindow(MIB + 1));
    }

    @Test
    void aboveTheBoundOfAllTheOneThatHasWaitedLongestIsClosed() {
        ServerConnection first = connect();
        ServerConnection second = connect();
        ServerConnection third = connect();
        first.awaitsWindow(3 * MIB);
        second.awaitsWindow(3 * MIB);
        third.awaitsWindow(2 * MIB);
        assertEquals(List.of(true, true, true), open());

        third.awaitsWindow(MIB);
        assertEquals(List.of(false, true, true), open());

        third.awaitsWindow(MIB);
        second.awaitsWindow(MIB);
        assertEquals(List.of(false, true, true), open());
        second.awaitsWindow(MIB);
        assertEquals(List.of(false, false, true), open());
    }

    private List<Boolean> open() {
        channels.forEach(EmbeddedChannel::runPendingTasks);
        return channels.stream().map(EmbeddedChannel::isOpen).toList();
    }

    private ServerConnection connect() {
        EmbeddedChannel channel = new EmbeddedChannel(false, false);
        ServerConnection connection = new ServerConnection(channel, unsent, memory,
                new Http1Settings(new io.vertx.core.http.HttpServerOptions(), 100, Duration.ofSeconds(60), 1024), 100);
        channel.pipeline().addLast(connection);
        try {
            channel.register();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        channels.add(channel);
        return connection;
    }
}
