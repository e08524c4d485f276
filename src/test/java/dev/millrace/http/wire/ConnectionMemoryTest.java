package dev.millrace.http.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.vertx.core.http.HttpServerOptions;

/** What connections and their requests take stays within its bound, at the cost of those that take most, or longest. */
class ConnectionMemoryTest {

    private static final int KIB = 1024;
    private static final int MAX = 256 * KIB;

    private final UnsentBytes unsent = new UnsentBytes(MAX, MAX, Long.MAX_VALUE);
    private final ConnectionMemory memory = new ConnectionMemory(MAX);
    private final List<EmbeddedChannel> channels = new ArrayList<>();

    @AfterEach
    void close() {
        channels.forEach(EmbeddedChannel::finishAndReleaseAll);
    }

    @Test
    void theConnectionThatTakesMostIsClosed() {
        HeldMemory small = connect();
        HeldMemory large = connect();
        small.begin(10 * KIB);
        large.begin(100 * KIB);
        large.begin(100 * KIB);
        assertEquals(List.of(true, true), open());

        small.begin(50 * KIB);
        assertEquals(List.of(true, false), open());
    }

    @Test
    void ofSmallConnectionsTheOnesWithTheOldestRequestsAreClosedUntilAnEighthIsFree() {
        for (int i = 0; i < 20; i++) {
            connect().begin(KIB);
        }
        assertEquals(20, open().stream().filter(open -> open).count());

        for (int i = 20; i < 30; i++) {
            connect().begin(KIB);
        }
        List<Boolean> open = open();
        assertEquals(List.of(false, false, false, false, false, false, false, false, true), open.subList(0, 9));
        assertEquals(true, open.get(29));
    }

    @Test
    void answeredRequestsTakeNothing() {
        HeldMemory connection = connect();
        for (int i = 0; i < 100; i++) {
            HeldMemory.OpenRequest request = connection.begin(20 * KIB);
            connection.body(request, 100 * KIB);
            connection.more(request, KIB);
            connection.end(request);
            connection.end(request);
            connection.partial(20 * KIB);
            connection.partial(0);
        }
        assertEquals(List.of(true), open());
    }

    @Test
    void aSmallBodyCountsAndALargeOneIsCountedElsewhere() {
        HeldMemory connection = connect();
        for (int i = 0; i < 10; i++) {
            HeldMemory.OpenRequest request = connection.begin(0);
            connection.body(request, 10 * KIB);
            connection.body(request, 100 * KIB);
        }
        assertEquals(List.of(true), open());
        for (int i = 0; i < 3; i++) {
            connection.body(connection.begin(0), 20 * KIB);
        }
        assertEquals(List.of(false), open());
    }

    @Test
    void closedConnectionsTakeNothing() {
        for (int i = 0; i < 100; i++) {
            connect().begin(20 * KIB);
            channels.get(i).close();
        }
        connect();
        assertEquals(true, open().get(100));
    }

    @Test
    void partsOfFramesAndOfHeadsCount() {
        HeldMemory connection = connect();
        EmbeddedChannel http2 = new EmbeddedChannel(new Http2Input(connection, () -> {}));
        channels.add(http2);
        http2.writeInbound(Unpooled.wrappedBuffer(new byte[24]));
        for (int i = 0; i < 20; i++) {
            // DATA of 20 KB, complete.
            http2.writeInbound(Unpooled.wrappedBuffer(frame(0, 1, 20 * KIB)));
        }
        assertEquals(List.of(true, true), open());
        for (int i = 0; i < 13; i++) {
            // HEADERS, CONTINUATION, CONTINUATION, ... without an end.
            http2.writeInbound(Unpooled.wrappedBuffer(frame(i == 0 ? 1 : 9, 0, 20 * KIB)));
        }
        assertEquals(List.of(false, true), open());
    }

    private static byte[] frame(int type, int flags, int length) {
        byte[] frame = new byte[9 + length];
        frame[0] = (byte) (length >> 16);
        frame[1] = (byte) (length >> 8);
        frame[2] = (byte) length;
        frame[3] = (byte) type;
        frame[4] = (byte) flags;
        return frame;
    }

    private List<Boolean> open() {
        channels.forEach(EmbeddedChannel::runPendingTasks);
        return channels.stream().map(EmbeddedChannel::isOpen).toList();
    }

    private HeldMemory connect() {
        EmbeddedChannel channel = new EmbeddedChannel(false, false);
        ServerConnection connection = new ServerConnection(channel, unsent, memory,
                new Http1Settings(new HttpServerOptions(), 100, Duration.ofSeconds(60), 1024), 100);
        channel.pipeline().addLast(connection);
        try {
            channel.register();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        channels.add(channel);
        return connection.memory();
    }
}
