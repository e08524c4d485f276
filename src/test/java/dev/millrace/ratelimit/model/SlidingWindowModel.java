package dev.millrace.ratelimit.model;

import java.util.ArrayList;
import java.util.List;

/** A log of every admission ever; those younger than the window count. It never holds more than fit. */
public final class SlidingWindowModel extends LimiterModel {

    private final long window;
    private final List<Long> log = new ArrayList<>();

    public SlidingWindowModel(long limit, long window) {
        super(limit, window, window);
        this.window = window;
    }

    @Override
    long used(long at) {
        return log.stream().filter(admission -> admission > at - window).count();
    }

    @Override
    public void charge(long now, long cost) {
        long stored = Math.min(cost, room(now));
        for (long i = 0; i < stored; i++) {
            log.add(now);
        }
    }
}
