package dev.millrace.session;

import java.time.Duration;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;

import dev.millrace.config.BoundedConfig;
import dev.millrace.config.Bounds;
import dev.millrace.http.json.DurationConverter;

/** Defaults of sessions, for requests that omit a field. */
@ConfigMapping(prefix = "millrace.sessions")
public interface SessionConfig extends BoundedConfig {

    /** Time without use after which a session expires. */
    @WithDefault("30m")
    @WithConverter(DurationConverter.class)
    Duration idle();

    /** Age at which a session expires. */
    @WithDefault("12h")
    @WithConverter(DurationConverter.class)
    Duration absolute();

    /** How long after a rotation the previous token still reads the session and rotates to the same token; 0 to 10 min. */
    @WithDefault("10s")
    @WithConverter(DurationConverter.class)
    Duration grace();

    /** Maximum number of sessions of a user. */
    @WithDefault("10000")
    int maxPerUser();

    @Override
    default void check(Bounds bounds) {
        bounds.between("millrace.sessions.max-per-user", maxPerUser(), 1, SessionService.MAX_PER_USER);
    }
}
