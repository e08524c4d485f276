package dev.millrace.redis.link;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Channels that nobody listens to any more, kept for a moment: whoever takes turns waiting, as long polls do, costs
 * Redis nothing then. Confined to one thread.
 */
public final class LingeringChannels {

    private static final int MOST = 1000;

    private final long nanos;
    private final Map<String, Long> since = new LinkedHashMap<>();

    public LingeringChannels(Duration moment) {
        this.nanos = moment.toNanos();
    }

    public void add(String channel) {
        since.remove(channel);
        since.put(channel, System.nanoTime());
    }

    public void remove(String channel) {
        since.remove(channel);
    }

    public void clear() {
        since.clear();
    }

    public boolean isEmpty() {
        return since.isEmpty();
    }

    /** Takes out those that have been here for a moment, and the eldest where there are too many. */
    public void drainDue(Consumer<String> to) {
        long now = System.nanoTime();
        Iterator<Map.Entry<String, Long>> eldest = since.entrySet().iterator();
        while (eldest.hasNext()) {
            Map.Entry<String, Long> next = eldest.next();
            if (since.size() <= MOST && now - next.getValue() < nanos) {
                return;
            }
            eldest.remove();
            to.accept(next.getKey());
        }
    }
}
