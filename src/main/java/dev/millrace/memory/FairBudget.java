package dev.millrace.memory;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * An amount, such as of bytes, that many requests share. One owner gets at most half of it, so that a client that takes much and gives
 * nothing back leaves room for the others. What is larger than that is admitted as long as its owner has nothing else, and what is
 * larger than all of it as long as nobody has anything, so that a small budget refuses no request for good. Thread-safe.
 */
public final class FairBudget {

    private final long max;
    private final long maxPerOwner;
    private long taken;
    private final Map<String, Long> takenByOwner = new HashMap<>();

    /** @param max how much there is, such as in bytes */
    public FairBudget(long max) {
        this.max = max;
        this.maxPerOwner = (max + 1) / 2;
    }

    /**
     * Returns a share that has nothing yet.
     *
     * @param owner the id of the API key that it is for
     */
    public Share share(String owner) {
        return new Share(owner);
    }

    /** Returns how much is taken. */
    public synchronized long taken() {
        return taken;
    }

    private synchronized boolean take(String owner, long amount, long own) {
        long ofOwner = takenByOwner.getOrDefault(owner, 0L);
        if (taken + amount > max && taken > own || ofOwner + amount > maxPerOwner && ofOwner > own) {
            return false;
        }
        taken += amount;
        takenByOwner.put(owner, ofOwner + amount);
        return true;
    }

    private synchronized void giveBack(String owner, long amount) {
        taken -= amount;
        takenByOwner.computeIfPresent(owner, (id, had) -> had == amount ? null : had - amount);
    }

    /** What one request has taken. */
    public final class Share implements AutoCloseable {

        private final String owner;
        private final List<Share> kept = new ArrayList<>(0);
        private long amount;
        private boolean closed;

        private Share(String owner) {
            this.owner = owner;
        }

        /** Returns the id of the API key that it is for. */
        public String owner() {
            return owner;
        }

        /** Closes another share with this one: at once if this one is closed already. */
        public void keep(Share other) {
            synchronized (this) {
                if (!closed) {
                    kept.add(other);
                    return;
                }
            }
            other.close();
        }

        /** Takes more; false if there is not as much. */
        public synchronized boolean take(long more) {
            if (closed || !FairBudget.this.take(owner, more, amount)) {
                return false;
            }
            amount += more;
            return true;
        }

        /** Gives everything back; only the first call does. */
        @Override
        public void close() {
            synchronized (this) {
                if (closed) {
                    return;
                }
                closed = true;
            }
            giveBack(owner, amount);
            kept.forEach(Share::close);
        }
    }
}
