package dev.millrace.settings;

import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;

import dev.millrace.http.problem.ApiException;
import dev.millrace.redis.RedisUnavailableException;
import dev.millrace.settings.DefinitionStore.Snapshot;

/**
 * Named definitions of one kind, per tenant, kept in Redis. Each replica holds them in memory and compares their version with the
 * one in Redis twice a second, so all replicas follow a change within 1 s. While Redis is unavailable, the last known definitions
 * stay in force. {@link DefinitionsFactory} makes them.
 */
public final class Definitions<D, T> {

    private static final long POLL_MS = 500;

    private final DefinitionKind<D, T> kind;
    private final DefinitionStore store;
    private final Map<String, Held<T>> snapshots = new ConcurrentHashMap<>();
    /** Loads under way for a tenant, which all callers share. */
    private final Map<String, Uni<Snapshot<T>>> loading = new ConcurrentHashMap<>();
    /** Of tenants that this replica was not asked about so far; in force only while Redis is unavailable, because they may be old. */
    private final Map<String, Snapshot<T>> spares = new ConcurrentHashMap<>();
    private final AtomicBoolean loadingSpares = new AtomicBoolean();
    private final AtomicLong loads = new AtomicLong();
    private final Vertx vertx;
    private long timer;

    /** A tenant's definitions, with the number of the load that found them: a late reply must not replace a newer one. */
    private record Held<T>(long load, Snapshot<T> snapshot) {}

    Definitions(DefinitionKind<D, T> kind, DefinitionStore store, Vertx vertx) {
        this.kind = kind;
        this.store = store;
        this.vertx = vertx;
    }

    void follow() {
        timer = vertx.setPeriodic(POLL_MS, t -> snapshots.keySet().forEach(this::poll));
    }

    void stop() {
        vertx.cancelTimer(timer);
    }

    /** Returns the definition if this replica knows it, without asking Redis; else null. */
    public @Nullable T known(String tenant, String name) {
        Held<T> held = snapshots.get(tenant);
        return held == null ? null : held.snapshot().definitions().get(name);
    }

    /** Whether this replica has loaded the tenant's definitions. One that is not {@link #known} then did not exist 1 s ago. */
    public boolean isLoaded(String tenant) {
        return snapshots.containsKey(tenant);
    }

    /** Whether any tenant has a definition of this name, as far as this replica knows. */
    public boolean isDefined(String name) {
        return snapshots.values().stream().anyMatch(held -> held.snapshot().definitions().containsKey(name));
    }

    /**
     * Returns the definition, or null. Asks Redis for one that is not known here, as another replica may just have made it. While Redis is
     * unavailable, a definition that this replica has seen at any time is in force.
     */
    public Uni<T> get(String tenant, String name) {
        T known = known(tenant, name);
        return known != null
                ? Uni.createFrom().item(known)
                : sharedLoad(tenant).map(snapshot -> snapshot.definitions().get(name))
                        .onFailure(RedisUnavailableException::isOutage).recoverWithUni(failure -> {
                            Snapshot<T> spare = spares.get(tenant);
                            T seen = spare == null ? null : spare.definitions().get(name);
                            return seen == null ? Uni.createFrom().failure(failure) : Uni.createFrom().item(seen);
                        });
    }

    /**
     * Loads the definitions of tenants that this replica has not been asked about, one tenant after the other, if they changed. Fails if
     * Redis is unavailable; then the definitions stay as they are.
     */
    public Uni<Void> loadSpares(Collection<String> tenants) {
        return Uni.createFrom().deferred(() -> loadingSpares.compareAndSet(false, true)
                ? Multi.createFrom().iterable(tenants).onItem().transformToUniAndConcatenate(this::loadSpare).onItem()
                        .ignoreAsUni().onTermination().invoke(() -> loadingSpares.set(false))
                : Uni.createFrom().voidItem());
    }

    private Uni<?> loadSpare(String tenant) {
        Snapshot<T> spare = spares.get(tenant);
        return store.version(tenant, kind).flatMap(version -> {
            if (snapshots.containsKey(tenant)) {
                // It is followed, more closely.
                spares.remove(tenant);
                return Uni.createFrom().nullItem();
            }
            return spare != null && Objects.equals(version, spare.version())
                    ? Uni.createFrom().nullItem()
                    : store.load(tenant, kind).invoke(snapshot -> spares.put(tenant, snapshot));
        });
    }

    /** As {@link #get}, but fails with 404 where there is no such definition. */
    public Uni<T> require(String tenant, String name) {
        return get(tenant, name).onItem().ifNull().failWith(() -> kind.unknown(name));
    }

    /** The 404 for a name without a definition. */
    public ApiException unknown(String name) {
        return kind.unknown(name);
    }

    /** The 409 for a tenant with as many definitions as it may have. */
    public ApiException tooMany() {
        return kind.tooMany();
    }

    /** Returns all definitions of a tenant, as Redis has them now. */
    public Uni<Map<String, T>> all(String tenant) {
        return load(tenant).map(Snapshot::definitions);
    }

    /** Loads the definitions of a tenant: what is {@link #known} is then as Redis has it now. */
    public Uni<Void> reload(String tenant) {
        return load(tenant).replaceWithVoid();
    }

    /** Stores a definition, which is in force on this replica when it completes. Fails with 409 if there are too many. */
    public Uni<PutResult> put(String tenant, String name, D definition) {
        return store.put(tenant, kind, name, definition).call(() -> load(tenant)).invoke(result -> {
            if (result == PutResult.TOO_MANY) {
                throw kind.tooMany();
            }
        });
    }

    /** Deletes a definition. Fails with 404 where there is none. */
    public Uni<Void> delete(String tenant, String name) {
        return remove(tenant, name).invoke(existed -> {
            if (!existed) {
                throw kind.unknown(name);
            }
        }).replaceWithVoid();
    }

    /** Deletes a definition, and returns whether there was one. */
    public Uni<Boolean> remove(String tenant, String name) {
        return store.delete(tenant, kind, name).call(() -> load(tenant));
    }

    /** Returns what Redis has now; reads the definitions only if they changed. */
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
            // Redis is unavailable: the definitions stay as they are, and the links have logged it.
        });
    }
}
