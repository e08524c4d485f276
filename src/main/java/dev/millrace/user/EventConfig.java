package dev.millrace.user;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Settings of the events of sessions and refresh tokens. */
@ConfigMapping(prefix = "millrace.sessions.events")
public interface EventConfig {

    /** About how many events a tenant's streams keep together. */
    @WithDefault("100000")
    @Min(128)
    @Max(100_000_000)
    int kept();
}
