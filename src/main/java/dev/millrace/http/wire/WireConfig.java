package dev.millrace.http.wire;

import io.quarkus.arc.Unremovable;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

import dev.millrace.config.BoundedConfig;
import dev.millrace.config.Bounds;

/** Bounds of connections to the API and to the management interface. */
// Only BoundsCheck asks for it.
@Unremovable
@ConfigMapping(prefix = "millrace.http")
public interface WireConfig extends BoundedConfig {

    String MAX_CONNECTIONS = "20000";

    /** Connections that each port has open at once. A further one is closed as soon as it is accepted. */
    @WithDefault(MAX_CONNECTIONS)
    int maxConnections();

    @Override
    default void check(Bounds bounds) {
        bounds.between("millrace.http.max-connections", maxConnections(), 1, 1_000_000);
    }
}
