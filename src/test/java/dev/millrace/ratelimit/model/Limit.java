package dev.millrace.ratelimit.model;

/**
 * A limit on one identifier.
 *
 * @param name of its state; limits of one name share it
 * @param burst capacity of a token bucket; others have their limit
 * @param penaltyMs how long a denial blocks, 0 for not at all
 */
public record Limit(String name, String algorithm, long limit, long windowMs, long burst, long penaltyMs,
        boolean shadow) {

    public static Limit of(String algorithm, long limit, long windowMs) {
        return new Limit("limit", algorithm, limit, windowMs, limit, 0, false);
    }

    public Limit named(String other) {
        return new Limit(other, algorithm, limit, windowMs, burst, penaltyMs, shadow);
    }

    public Limit withPenalty(long ms) {
        return new Limit(name, algorithm, limit, windowMs, burst, ms, shadow);
    }

    public Limit withBurst(long capacity) {
        return new Limit(name, algorithm, limit, windowMs, capacity, penaltyMs, shadow);
    }

    /** The same limit after a change of its settings; not for more than the algorithm's burst. */
    public Limit changed(long otherLimit, long otherBurst) {
        return new Limit(name, algorithm, otherLimit, windowMs,
                algorithm.equals("token-bucket") ? otherBurst : otherLimit, penaltyMs, shadow);
    }

    public Limit inShadow() {
        return new Limit(name, algorithm, limit, windowMs, burst, penaltyMs, true);
    }

    /** Most that can be used at once. */
    public long capacity() {
        return algorithm.equals("token-bucket") ? burst : limit;
    }

    /** µs. */
    public long window() {
        return windowMs * 1000;
    }

    /** The longest time until all is free, if nothing was overdrawn. µs. */
    public long period() {
        return switch (algorithm) {
            case "sliding-window-counter" -> 2 * window();
            case "token-bucket" -> (long) Math.ceil((double) burst * window() / limit);
            default -> window();
        };
    }

    public LimiterModel model() {
        return switch (algorithm) {
            case "sliding-window" -> new SlidingWindowModel(limit, window());
            case "sliding-window-counter" -> new SlidingWindowCounterModel(limit, window());
            case "fixed-window" -> new FixedWindowModel(limit, window());
            case "token-bucket" -> new TokenBucketModel(limit, window(), burst);
            default -> throw new IllegalArgumentException(algorithm);
        };
    }
}
