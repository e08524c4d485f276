package dev.millrace.ratelimit.model;

import java.util.LinkedHashMap;
import java.util.Map;

/** Leases and when each ends. Times in ms. */
public final class ConcurrencyModel {

    private final long limit;
    private final Map<String, Long> leases = new LinkedHashMap<>();

    public ConcurrencyModel(long limit) {
        this.limit = limit;
    }

    /** Takes a lease if one is free; an empty one only looks. */
    public Answer acquire(long now, long ttl, String lease) {
        end(now);
        boolean admitted = leases.size() < limit;
        if (admitted && !lease.isEmpty()) {
            leases.put(lease, now + ttl);
        }
        long reset = leases.values().stream().mapToLong(ends -> ends - now).max().orElse(0);
        long retryAfter = admitted ? 0 : leases.values().stream().mapToLong(ends -> ends - now).min().orElseThrow();
        return new Answer(admitted, remaining(), reset, retryAfter);
    }

    /** Whether the lease was held and is prolonged. */
    public boolean renew(long now, long ttl, String lease) {
        end(now);
        return leases.replace(lease, now + ttl) != null;
    }

    /** Whether the lease was held and is given back. */
    public boolean release(long now, String lease) {
        end(now);
        return leases.remove(lease) != null;
    }

    public long remaining() {
        return Math.max(0, limit - leases.size());
    }

    private void end(long now) {
        leases.values().removeIf(ends -> ends <= now);
    }
}
