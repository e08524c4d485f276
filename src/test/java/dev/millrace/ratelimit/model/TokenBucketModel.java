package dev.millrace.ratelimit.model;

import java.math.BigInteger;

/**
 * A bucket of {@code burst} tokens to which {@code limit} tokens per window come back, counted in exact fractions. What is overdrawn
 * is so little that a cost of 1 fits after a window.
 */
public final class TokenBucketModel extends LimiterModel {

    private BigInteger limit;
    private BigInteger burst;
    private final BigInteger window;
    /** Tokens missing at {@link #since}, times the window. */
    private BigInteger missing = BigInteger.ZERO;
    private long since;

    public TokenBucketModel(long limit, long window, long burst) {
        super(burst, window, refill(limit, window, burst));
        this.limit = BigInteger.valueOf(limit);
        this.burst = BigInteger.valueOf(burst);
        this.window = BigInteger.valueOf(window);
    }

    @Override
    long used(long at) {
        return ceil(missing(at), window);
    }

    @Override
    public void charge(long now, long cost) {
        missing = missing(now).add(BigInteger.valueOf(cost).multiply(window))
                .min(burst.add(limit).subtract(BigInteger.ONE).multiply(window));
        since = now;
    }

    /** The time since the last charge counts at the new pace. The bucket is empty at most, but for what was overdrawn. */
    @Override
    public void change(long now, long newLimit, long newBurst) {
        BigInteger debt = missing.subtract(burst.multiply(window)).max(BigInteger.ZERO);
        missing = missing.subtract(debt);
        limit = BigInteger.valueOf(newLimit);
        burst = BigInteger.valueOf(newBurst);
        missing = missing.min(burst.multiply(window)).add(debt.min(limit.subtract(BigInteger.ONE).multiply(window)));
        missing = missing(now);
        since = now;
        change(newBurst, refill(newLimit, window.longValueExact(), newBurst));
    }

    private BigInteger missing(long at) {
        return missing.subtract(BigInteger.valueOf(at - since).multiply(limit)).max(BigInteger.ZERO);
    }

    private static long refill(long limit, long window, long burst) {
        return ceil(BigInteger.valueOf(burst + limit - 1).multiply(BigInteger.valueOf(window)),
                BigInteger.valueOf(limit));
    }

    private static long ceil(BigInteger a, BigInteger b) {
        return a.add(b).subtract(BigInteger.ONE).divide(b).longValueExact();
    }
}
