package dev.millrace.settings;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;

import dev.millrace.auth.ApiKeys;
import dev.millrace.redis.RedisConnected;

/**
 * Makes the {@link Definitions} of each feature, which follow changes from then on until the service stops. Loads those of every tenant that
 * has an API key when Redis is connected, so that a replica that nobody has asked before knows them while Redis is unavailable.
 */
@Singleton
public class DefinitionsFactory {

    private static final long SPARES_MS = 10_000;

    private final DefinitionStore store;
    private final ApiKeys keys;
    private final Vertx vertx;
    private final List<Definitions<?, ?>> made = new CopyOnWriteArrayList<>();
    private long timer;

    DefinitionsFactory(DefinitionStore store, ApiKeys keys, Vertx vertx) {
        this.store = store;
        this.keys = keys;
        this.vertx = vertx;
    }

    /** Makes the definitions of a kind. */
    public <D, T> Definitions<D, T> of(DefinitionKind<D, T> kind) {
        Definitions<D, T> definitions = new Definitions<>(kind, store, vertx);
        definitions.follow();
        made.add(definitions);
        return definitions;
    }

    void start(@Observes StartupEvent event) {
        timer = vertx.setPeriodic(SPARES_MS, t -> loadSpares());
    }

    void connected(@Observes RedisConnected event) {
        loadSpares();
    }

    private void loadSpares() {
        made.forEach(definitions -> definitions.loadSpares(keys.tenants()).subscribe().with(loaded -> {}, failure -> {
            // Redis is unavailable, and is asked again in a while.
        }));
    }

    void stop(@Observes ShutdownEvent event) {
        vertx.cancelTimer(timer);
        made.forEach(Definitions::stop);
    }
}
