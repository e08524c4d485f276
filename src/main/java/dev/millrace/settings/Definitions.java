package dev.millrace.settings;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;

import dev.millrace.settings.DefinitionStore.Snapshot;

/**
 * Named definitions of one kind, per tenant, kept in Redis. They are held in memory and compared with Redis' version of them
 * twice a second, so a change made on any replica is followed on all within 1 s. While Redis is away the last known ones
 * stay in force. {@link DefinitionsFactory} makes them.
 */
public final class Definitions<D, T> {

    private static final long POLL_MS = 500;

    private final DefinitionKind<D, T> kind;
    private final DefinitionStore store;
    private final Map<String, Held<T>> snapshots = new ConcurrentHashMap<>();
    /** Loads under way for what is not known here, so that many callers share one. */
    private final Map<String, Uni<Snapshot<T>>> loading = new ConcurrentHashMap<>();
    private final AtomicLong loads = new AtomicLong();
    private final Vertx vertx;
    private long timer;

    /** What a tenant's definitions were, with the number of the load that found them: a late answer must not win. */
    private record Held<T>(long load, Snapshot<T> snapshot) {}

    Definitions(DefinitionKind<D, T> kind, DefinitionStore store, Vertx vertx) {
        this.kind = kind;
        this.store = store;
        this.vertx = vertx;
    }

    /** Begins to follow changes. */
    public void follow() {
        timer = vertx.setPeriodic(POLL_MS, t -> snapshots.keySet().forEach(this::poll));
    }

    /** Ends {@link #follow}. */
    public void stop() {
        vertx.cancelTimer(timer);
    }

    /** The definition if it is known here and now, without asking Redis; else null. */
    public T known(String tenant, String name) {
        Held<T> held = snapshots.get(tenant);
        return held == null ? null : held.snapshot().definitions().get(name);
    }

    /** Whether the tenant's definitions are known here, so that one that is not {@link #known} is, at most 1 s ago, not there. */
    public boolean isLoaded(String tenant) {
        return snapshots.containsKey(tenant);
    }

    /** The definition, or null; asks Redis for one not known here, as it may have been made elsewhere a moment ago. */
    public Uni<T> get(String tenant, String name) {
        T known = known(tenant, name);
        return known != null
                ? Uni.createFrom().item(known)
                : sharedLoad(tenant).map(snapshot -> snapshot.definitions().get(name));
    }

    /** All of a tenant's, as Redis has them now. */
    public Uni<Map<String, T>> all(String tenant) {
        return load(tenant).map(Snapshot::definitions);
    }

    /** Keeps a definition; in force on this replica when it answers. */
    public Uni<PutResult> put(String tenant, String name, D definition) {
        return store.put(tenant, kind, name, definition).call(() -> load(tenant));
    }

    /** Forgets a definition, and says whether there was one. */
    public Uni<Boolean> delete(String tenant, String name) {
        return store.delete(tenant, kind, name).call(() -> load(tenant));
    }

    /** What Redis has now; reads it all only if it changed. */
    private Uni<Snapshot<T>> sharedLoad(String tenant) {
        return Uni.createFrom().deferred(() -> loading.computeIfAbsent(tenant, t -> refresh(t)
                .onTermination().invoke(() -> loading.remove(t))
                .memoize().indefinitely()));
    }

    private Uni<Snapshot<T>> load(String tenant) {
        return Uni.createFrom().deferred(() -> {
            long number = loads.incrementAndGet();
            return store.load(tenant, kind).invoke(snapshot -> snapshots.merge(tenant, new Held<>(number, snapshot),
                    (old, loaded) -> old.load() > loaded.load() ? old : loaded));
        });
    }

    private Uni<Snapshot<T>> refresh(String tenant) {
        Held<T> held = snapshots.get(tenant);
        return held == null
                ? load(tenant)
                : store.version(tenant, kind).flatMap(version -> Objects.equals(version, held.snapshot().version())
                        ? Uni.createFrom().item(held.snapshot())
                        : load(tenant));
    }

    private void poll(String tenant) {
        refresh(tenant).subscribe().with(done -> {}, failure -> {
            // Redis is away: the definitions stay as they are, and the links have said so.
        });
    }
}
