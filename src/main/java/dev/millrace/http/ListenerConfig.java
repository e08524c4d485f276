package dev.millrace.http;

import java.time.Duration;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;

import dev.millrace.config.BoundedConfig;
import dev.millrace.config.Bounds;
import dev.millrace.http.json.DurationConverter;

/** Settings of event streams: how many there may be, and when a listener that does not read is disconnected. */
@ConfigMapping(prefix = "millrace.events")
public interface ListenerConfig extends BoundedConfig {

    /** Maximum number of listeners of one replica, of all event streams together; those of {@code /redis} count apart. */
    @WithDefault("200")
    int maxListeners();

    /** Maximum number of listeners of one tenant on one replica. */
    @WithDefault("100")
    int maxListenersPerTenant();

    /** Maximum number of listeners of one API key on one replica. */
    @WithDefault("50")
    int maxListenersPerKey();

    /** How long a listener may leave what was sent to it unread before it is disconnected; also those of {@code /redis}. */
    @WithDefault("30s")
    @WithConverter(DurationConverter.class)
    Duration maxUnreadTime();

    /**
     * Bytes that a listener of {@code /redis} may leave unread before it is disconnected. Less if all of them together leave a sixteenth
     * of the memory unread.
     */
    @WithDefault("1M")
    MemorySize maxUnread();

    @Override
    default void check(Bounds bounds) {
        bounds.atLeast("millrace.events.max-listeners", maxListeners(), 0);
        bounds.atLeast("millrace.events.max-listeners-per-tenant", maxListenersPerTenant(), 0);
        bounds.atLeast("millrace.events.max-listeners-per-key", maxListenersPerKey(), 0);
    }
}
