package dev.millrace.memory;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes that many requests share. What is larger than all of it is admitted as long as nothing else is, so that a small budget refuses
 * no request for good. Thread-safe.
 */
public final class MemoryBudget {

    private final long max;
    private final AtomicLong taken = new AtomicLong();

    /** @param max bytes */
    public MemoryBudget(long max) {
        this.max = max;
    }

    /** Returns a share that has nothing yet. */
    public Share share() {
        return new Share();
    }

    /** Returns how many bytes are taken. */
    public long taken() {
        return taken.get();
    }

    private boolean take(long bytes, long own) {
        long before;
        do {
            before = taken.get();
            if (before + bytes > max && before > own) {
                return false;
            }
        } while (!taken.compareAndSet(before, before + bytes));
        return true;
    }

    /** What one request has taken. */
    public final class Share implements AutoCloseable {

        private long bytes;
        private boolean closed;

        private Share() {}

        /** Takes more bytes; false if the budget does not have them. */
        public synchronized boolean take(long more) {
            if (closed || !MemoryBudget.this.take(more, bytes)) {
                return false;
            }
            bytes += more;
            return true;
        }

        /** Gives everything back; only the first call does. */
        @Override
        public synchronized void close() {
            if (!closed) {
                closed = true;
                taken.addAndGet(-bytes);
            }
        }
    }
}
