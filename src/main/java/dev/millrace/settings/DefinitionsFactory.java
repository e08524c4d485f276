package dev.millrace.settings;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

import io.quarkus.runtime.ShutdownEvent;
import io.vertx.core.Vertx;

/** Makes the {@link Definitions} of each feature, which follow changes from then on until the service stops. */
@Singleton
public class DefinitionsFactory {

    private final DefinitionStore store;
    private final Vertx vertx;
    private final List<Definitions<?, ?>> made = new CopyOnWriteArrayList<>();

    DefinitionsFactory(DefinitionStore store, Vertx vertx) {
        this.store = store;
        this.vertx = vertx;
    }

    /** Makes the definitions of a kind. */
    public <D, T> Definitions<D, T> of(DefinitionKind<D, T> kind) {
        Definitions<D, T> definitions = new Definitions<>(kind, store, vertx);
        definitions.follow();
        made.add(definitions);
        return definitions;
    }

    void stop(@Observes ShutdownEvent event) {
        made.forEach(Definitions::stop);
    }
}
