package dev.millrace.settings;

import jakarta.inject.Singleton;

import io.vertx.core.Vertx;

/** Makes the {@link Definitions} of each feature. */
@Singleton
public class DefinitionsFactory {

    private final DefinitionStore store;
    private final Vertx vertx;

    DefinitionsFactory(DefinitionStore store, Vertx vertx) {
        this.store = store;
        this.vertx = vertx;
    }

    public <D, T> Definitions<D, T> of(DefinitionKind<D, T> kind) {
        return new Definitions<>(kind, store, vertx);
    }
}
