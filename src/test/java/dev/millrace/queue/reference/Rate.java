package dev.millrace.queue.reference;

/** How many jobs a rate allows: so many at once, and one more per interval. */
final class Rate {

    private final int limit;
    private final double interval;
    private double tokens;
    private long at;

    /** 0 for any rate. */
    Rate(int limit, long windowMs) {
        this.limit = limit;
        // To 1/4096 ms, which the service can add exactly to the time.
        this.interval = limit == 0 ? 0 : Math.floor(4096.0 * windowMs / limit) / 4096;
        this.tokens = limit;
    }

    int room(long now) {
        if (limit == 0) {
            return Integer.MAX_VALUE;
        }
        tokens = Math.min(limit, tokens + (now - at) / interval);
        at = now;
        return (int) Math.floor(tokens + 1e-6);
    }

    void use(int jobs) {
        tokens -= limit == 0 ? 0 : jobs;
    }

    /** The first ms, from now on, at which there is room for one. */
    long roomAt(long now) {
        return room(now) > 0 ? now : (long) Math.ceil(now + (1 - tokens) * interval - 1e-6);
    }
}
