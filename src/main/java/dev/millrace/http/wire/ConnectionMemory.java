package dev.millrace.http.wire;

import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes of memory that all connections take, by estimate: for themselves, for parts of requests that have arrived, and for requests
 * that are not answered. Above the bound, connections are closed until an eighth of it is free: those first that take most, and of
 * those that take about the same, the one with the oldest request. So many slow or large requests never harm a client that sends a
 * small one. Thread-safe.
 */
final class ConnectionMemory {

    private final long max;
    private final AtomicLong sum = new AtomicLong();
    /** Of the connections that are being closed. */
    private final AtomicLong closing = new AtomicLong();
    private final Set<HeldMemory> connections = ConcurrentHashMap.newKeySet();

    /** @param max bytes */
    ConnectionMemory(long max) {
        this.max = max;
    }

    void opened(HeldMemory connection) {
        connections.add(connection);
    }

    /** The connection is closed, and takes nothing any more. */
    void closed(HeldMemory connection) {
        connections.remove(connection);
    }

    /** A connection takes so many bytes more, or fewer. */
    void changed(long difference, boolean isClosing) {
        if (isClosing) {
            closing.addAndGet(difference);
        }
        if (sum.addAndGet(difference) - closing.get() > max && difference > 0) {
            makeRoom();
        }
    }

    private synchronized void makeRoom() {
        long excess = sum.get() - closing.get() - max;
        if (excess <= 0) {
            return;
        }
        long now = System.nanoTime();
        record Candidate(HeldMemory connection, int size, long age) {}
        List<Candidate> candidates = connections.stream().filter(connection -> !connection.isClosing())
                .map(connection -> new Candidate(connection, connection.sizeClass(), now - connection.since()))
                .sorted(Comparator.comparingInt(Candidate::size).thenComparingLong(Candidate::age).reversed())
                .toList();
        excess += max / 8;
        for (Candidate candidate : candidates) {
            if (excess <= 0) {
                return;
            }
            long held = candidate.connection.closeForMemory();
            closing.addAndGet(held);
            excess -= held;
        }
    }
}
