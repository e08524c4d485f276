package dev.millrace.queue.reference;

import java.util.Map;
import java.util.TreeMap;

/** When the next occurrence of each schedule is, in ms. */
public final class SchedulesModel {

    private final Map<String, Long> next = new TreeMap<>();

    /** Null for no more occurrence. */
    public void set(String name, Long at) {
        if (at == null) {
            next.remove(name);
        } else {
            next.put(name, at);
        }
    }

    /** Null for none. */
    public Long next(String name) {
        return next.get(name);
    }

    /** Whether the jobs of an occurrence are still to be enqueued, which then they are not any more. */
    public boolean claim(String name, long at, Long following) {
        if (!Long.valueOf(at).equals(next.get(name))) {
            return false;
        }
        set(name, following);
        return true;
    }

    /** In how many ms the next occurrence is; 0 if one is due, -1 for none. */
    public long nextIn(long now) {
        return next.values().stream().mapToLong(at -> Math.max(0, at - now)).min().orElse(-1);
    }
}
