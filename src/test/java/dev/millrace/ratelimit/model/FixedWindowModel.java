package dev.millrace.ratelimit.model;

/** A counter that starts with a charge and is forgotten a window later. */
public final class FixedWindowModel extends LimiterModel {

    private final long window;
    private long end;
    private long count;

    public FixedWindowModel(long limit, long window) {
        super(limit, window, window);
        this.window = window;
    }

    @Override
    long used(long at) {
        return at < end ? count : 0;
    }

    @Override
    public void charge(long now, long cost) {
        if (now >= end) {
            end = now + window;
            count = 0;
        }
        count += cost;
    }
}
