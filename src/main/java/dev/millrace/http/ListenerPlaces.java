package dev.millrace.http;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.millrace.http.problem.ApiException;
import dev.millrace.http.problem.ErrorCode;

/**
 * The places for clients that listen to events, on one replica. A tenant and an API key have only a share of them, so that neither shuts
 * the others out. Thread-safe.
 */
public final class ListenerPlaces {

    private final int max;
    private final int maxPerTenant;
    private final int maxPerKey;
    private int taken;
    private final Map<String, Integer> byTenant = new HashMap<>();
    private final Map<String, Integer> byKey = new HashMap<>();

    /**
     * @param max places in all
     * @param maxPerTenant of which one tenant may take so many
     * @param maxPerKey and one API key so many
     */
    public ListenerPlaces(int max, int maxPerTenant, int maxPerKey) {
        this.max = max;
        this.maxPerTenant = maxPerTenant;
        this.maxPerKey = maxPerKey;
    }

    /**
     * Takes a place.
     *
     * @return gives the place back; only the first run does
     * @throws ApiException 429 if the key or its tenant has its share, 503 if no place is left
     */
    public synchronized Runnable take(String tenant, String keyId) {
        if (byKey.getOrDefault(keyId, 0) >= maxPerKey) {
            throw new ApiException(ErrorCode.LISTENER_LIMIT,
                    "The key " + keyId + " has the maximum of " + maxPerKey + " listeners on this replica");
        }
        if (byTenant.getOrDefault(tenant, 0) >= maxPerTenant) {
            throw new ApiException(ErrorCode.LISTENER_LIMIT,
                    "The tenant " + tenant + " has the maximum of " + maxPerTenant + " listeners on this replica");
        }
        if (taken >= max) {
            throw new ApiException(ErrorCode.OVERLOADED, "This replica has the maximum of " + max + " listeners");
        }
        taken++;
        byTenant.merge(tenant, 1, Integer::sum);
        byKey.merge(keyId, 1, Integer::sum);
        AtomicBoolean left = new AtomicBoolean();
        return () -> {
            if (left.compareAndSet(false, true)) {
                leave(tenant, keyId);
            }
        };
    }

    private synchronized void leave(String tenant, String keyId) {
        taken--;
        byTenant.computeIfPresent(tenant, (name, count) -> count == 1 ? null : count - 1);
        byKey.computeIfPresent(keyId, (name, count) -> count == 1 ? null : count - 1);
    }

    /** Returns how many places are taken. */
    public synchronized int taken() {
        return taken;
    }
}
