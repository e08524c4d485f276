package dev.millrace.cache;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import jakarta.inject.Singleton;

import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;

import dev.millrace.http.Stopping;

/**
 * Waits until a lease is gone: because the entry was filled, the lease voided, or its holder dead. However many wait for one
 * key on this replica, one of them looks.
 */
@Singleton
class Fills {

    private static final long LOOK_MS = 20;

    private final CacheStore store;
    private final Vertx vertx;
    private final Stopping stopping;
    private final Map<String, Uni<Void>> watches = new ConcurrentHashMap<>();

    Fills(CacheStore store, Vertx vertx, Stopping stopping) {
        this.store = store;
        this.vertx = vertx;
        this.stopping = stopping;
    }

    /** Completes when the lease is gone, or after {@code ms}, or when the service stops. */
    Uni<Void> await(String tenant, String region, String key, long ms) {
        String name = tenant + '/' + region + '/' + key;
        Uni<Void> gone = watches.computeIfAbsent(name, n -> look(tenant, region, key)
                .onTermination().invoke(() -> watches.remove(n)).memoize().indefinitely());
        return Uni.createFrom().emitter(emitter -> {
            long timer = vertx.setTimer(ms, t -> emitter.complete(null));
            gone.subscribe().with(done -> {
                vertx.cancelTimer(timer);
                emitter.complete(null);
            }, emitter::fail);
        });
    }

    private Uni<Void> look(String tenant, String region, String key) {
        return pause().chain(() -> store.isLeased(tenant, region, key)).repeat()
                .whilst(leased -> leased && !stopping.hasBegun()).onItem().ignoreAsUni();
    }

    private Uni<Void> pause() {
        return Uni.createFrom().emitter(emitter -> vertx.setTimer(LOOK_MS, t -> emitter.complete(null)));
    }
}
