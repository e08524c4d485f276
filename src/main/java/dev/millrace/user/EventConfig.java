package dev.millrace.user;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Settings of the events of sessions and refresh tokens. */
@ConfigMapping(prefix = "millrace.sessions.events")
public interface EventConfig {

    /** Approximate number of events that a tenant's streams retain in total. */
    @WithDefault("100000")
    @Min(128)
    @Max(100_000_000)
    int kept();
}
