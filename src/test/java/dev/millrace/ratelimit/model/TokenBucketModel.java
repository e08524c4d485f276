package dev.millrace.ratelimit.model;

import java.math.BigInteger;

/** A bucket of {@code burst} tokens to which {@code limit} tokens per window come back, counted in exact fractions. */
public final class TokenBucketModel extends LimiterModel {

    private final BigInteger limit;
    private final BigInteger window;
    /** Tokens missing at {@link #since}, times the window. */
    private BigInteger missing = BigInteger.ZERO;
    private long since;

    public TokenBucketModel(long limit, long window, long burst) {
        super(burst, window, ceil(BigInteger.valueOf(burst).multiply(BigInteger.valueOf(window)),
                BigInteger.valueOf(limit)));
        this.limit = BigInteger.valueOf(limit);
        this.window = BigInteger.valueOf(window);
    }

    @Override
    long used(long at) {
        return ceil(missing(at), window);
    }

    @Override
    public void charge(long now, long cost) {
        missing = missing(now).add(BigInteger.valueOf(cost).multiply(window));
        since = now;
    }

    private BigInteger missing(long at) {
        return missing.subtract(BigInteger.valueOf(at - since).multiply(limit)).max(BigInteger.ZERO);
    }

    private static long ceil(BigInteger a, BigInteger b) {
        return a.add(b).subtract(BigInteger.ONE).divide(b).longValueExact();
    }
}
