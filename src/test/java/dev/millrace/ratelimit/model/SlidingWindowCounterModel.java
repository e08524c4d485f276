package dev.millrace.ratelimit.model;

import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;

/** Counts by window; of the window before, the share counts that the sliding window still covers, rounded up. */
public final class SlidingWindowCounterModel extends LimiterModel {

    private final long window;
    private final Map<Long, Long> counts = new HashMap<>();

    public SlidingWindowCounterModel(long limit, long window) {
        super(limit, window, 2 * window);
        this.window = window;
    }

    @Override
    long used(long at) {
        long covered = window - at % window;
        BigInteger previous = BigInteger.valueOf(counts.getOrDefault(at / window - 1, 0L));
        BigInteger[] share = previous.multiply(BigInteger.valueOf(covered))
                .divideAndRemainder(BigInteger.valueOf(window));
        return counts.getOrDefault(at / window, 0L) + share[0].longValueExact() + share[1].signum();
    }

    @Override
    public void charge(long now, long cost) {
        counts.merge(now / window, cost, Long::sum);
    }
}
