package dev.millrace.user;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

import dev.millrace.config.BoundedConfig;
import dev.millrace.config.Bounds;

/** Settings of the events of sessions and refresh tokens. */
@ConfigMapping(prefix = "millrace.sessions.events")
public interface EventConfig extends BoundedConfig {

    /** Approximate number of events that a tenant's streams retain in total. */
    @WithDefault("100000")
    int kept();

    @Override
    default void check(Bounds bounds) {
        bounds.between("millrace.sessions.events.kept", kept(), 128, 100_000_000);
    }
}
