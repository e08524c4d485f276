package dev.millrace.redis;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Channels that nobody listens to any more, kept for a moment: whoever takes turns waiting, as long polls do, costs
 * Redis nothing then. Confined to one thread.
 */
final class LingeringChannels {

    private static final int MOST = 1000;

    private final long nanos;
    private final Map<String, Long> since = new LinkedHashMap<>();

    LingeringChannels(Duration moment) {
        this.nanos = moment.toNanos();
    }

    void add(String channel) {
        since.remove(channel);
        since.put(channel, System.nanoTime());
    }

    void remove(String channel) {
        since.remove(channel);
    }

    void clear() {
        since.clear();
    }

    boolean isEmpty() {
        return since.isEmpty();
    }

    /** Takes out those that have been here for a moment, and the eldest where there are too many. */
    void drainDue(Consumer<String> to) {
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
