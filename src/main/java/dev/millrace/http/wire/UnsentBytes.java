package dev.millrace.http.wire;

import java.util.Comparator;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.netty.util.concurrent.EventExecutor;

/**
 * Bytes of responses that clients have not taken yet, over all connections. Above the bound, the connections that have waited longest
 * are closed: a client that takes all that was sent to it, even now and then, is not one of them. Also closes each connection whose client
 * does not read.
 */
final class UnsentBytes {

    private static final long CHECK_MS = 1000;

    private final long perConnection;
    private final long total;
    private final long timeoutNanos;
    private final AtomicLong sum = new AtomicLong();
    private final Set<ServerConnection> waiting = ConcurrentHashMap.newKeySet();
    /** The set of each event loop is touched only there. */
    private final Map<EventExecutor, Set<ServerConnection>> open = new ConcurrentHashMap<>();

    /** Bounds in bytes, and a time in nanoseconds. */
    UnsentBytes(long perConnection, long total, long timeoutNanos) {
        this.perConnection = perConnection;
        this.total = total;
        this.timeoutNanos = timeoutNanos;
    }

    long perConnection() {
        return perConnection;
    }

    /** Checks the connection every second from now on. */
    void watch(ServerConnection connection, EventExecutor loop) {
        open.computeIfAbsent(loop, this::checkedSet).add(connection);
    }

    void forget(ServerConnection connection, EventExecutor loop) {
        Set<ServerConnection> connections = open.get(loop);
        if (connections != null) {
            connections.remove(connection);
        }
    }

    private Set<ServerConnection> checkedSet(EventExecutor loop) {
        Set<ServerConnection> connections = new HashSet<>();
        loop.scheduleAtFixedRate(() -> {
            long now = System.nanoTime();
            connections.forEach(connection -> connection.check(now, timeoutNanos));
        }, CHECK_MS, CHECK_MS, TimeUnit.MILLISECONDS);
        return connections;
    }

    /** The bytes that wait on this connection have changed. */
    void changed(ServerConnection connection, long before, long now) {
        if (now > 0) {
            waiting.add(connection);
        } else {
            waiting.remove(connection);
        }
        if (sum.addAndGet(now - before) > total && now > before) {
            makeRoom();
        }
    }

    private synchronized void makeRoom() {
        long closing = waiting.stream().filter(ServerConnection::isClosing).mapToLong(ServerConnection::reported).sum();
        long excess = sum.get() - total - closing;
        while (excess > 0) {
            Optional<ServerConnection> longest = waiting.stream().filter(connection -> !connection.isClosing())
                    .min(Comparator.comparingLong(ServerConnection::reportedSince));
            if (longest.isEmpty()) {
                return;
            }
            excess -= longest.get().reported();
            longest.get().close(ClosedConnections.Reason.MEMORY);
        }
    }
}
