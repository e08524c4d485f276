package dev.millrace.http.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;

/** A socket has no more connections at once than it may have; a further one is closed before any handler sees it. */
class ServerConnectionsTest {

    private static final int MAX = 2;

    private final EmbeddedChannel socket = new EmbeddedChannel(
            new ServerConnections(MAX, 100, new UnsentBytes(1 << 20, 1 << 20, 1_000_000_000),
                    new ConnectionMemory(1 << 20)));
    private final List<EmbeddedChannel> accepted = new ArrayList<>();

    @AfterEach
    void close() {
        accepted.forEach(EmbeddedChannel::finishAndReleaseAll);
        socket.finishAndReleaseAll();
    }

    private EmbeddedChannel accept() throws Exception {
        EmbeddedChannel connection = new EmbeddedChannel(false, false);
        socket.writeInbound(connection);
        if (connection.isOpen()) {
            assertSame(connection, socket.<Channel>readInbound());
            connection.register();
            accepted.add(connection);
        }
        return connection;
    }

    @Test
    void aConnectionBeyondTheBoundIsClosedAtOnce() throws Exception {
        accept();
        accept();
        EmbeddedChannel third = accept();
        assertFalse(third.isOpen());
        assertEquals(0, socket.inboundMessages().size(), "Vert.x does not see it");
        assertTrue(accepted.stream().allMatch(Channel::isOpen));
    }

    @Test
    void aConnectionThatClosesMakesRoom() throws Exception {
        EmbeddedChannel first = accept();
        accept();
        accept();
        first.close();
        assertTrue(accept().isOpen());
        assertFalse(accept().isOpen());
    }

    @Test
    void anAcceptedConnectionHasTheHandlersOfOurs() throws Exception {
        assertTrue(accept().pipeline().get(ServerConnection.class) != null);
    }
}
