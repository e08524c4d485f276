package dev.millrace.cache;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import jakarta.inject.Singleton;

import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;

import dev.millrace.http.Stopping;

/**
 * Waits until a lease ends: because the entry was stored, or the lease was voided or has expired. All callers of this replica that wait
 * for one variant of a key share one check.
 */
@Singleton
class LeaseWaiters {

    private static final long CHECK_MS = 20;

    private final CacheStore store;
    private final Vertx vertx;
    private final Stopping stopping;
    private final Map<String, Uni<Void>> watches = new ConcurrentHashMap<>();

    LeaseWaiters(CacheStore store, Vertx vertx, Stopping stopping) {
        this.store = store;
        this.vertx = vertx;
        this.stopping = stopping;
    }

    /** Completes when the lease has ended, or after {@code ms}, or when the service stops. */
    Uni<Void> await(String tenant, String region, String key, String variant, long ms) {
        String name = tenant + '/' + region + variant + '/' + key;
        Uni<Void> gone = watches.computeIfAbsent(name, n -> poll(tenant, region, key, variant)
                .onTermination().invoke(() -> watches.remove(n)).memoize().indefinitely());
        return Uni.createFrom().emitter(emitter -> {
            long timer = vertx.setTimer(ms, t -> emitter.complete(null));
            gone.subscribe().with(done -> {
                vertx.cancelTimer(timer);
                emitter.complete(null);
            }, emitter::fail);
        });
    }

    private Uni<Void> poll(String tenant, String region, String key, String variant) {
        return pause().chain(() -> store.isLeased(tenant, region, key, variant)).repeat()
                .whilst(leased -> leased && !stopping.hasBegun()).onItem().ignoreAsUni();
    }

    private Uni<Void> pause() {
        return Uni.createFrom().emitter(emitter -> vertx.setTimer(CHECK_MS, t -> emitter.complete(null)));
    }
}
