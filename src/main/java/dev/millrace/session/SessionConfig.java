package dev.millrace.session;

import java.time.Duration;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;

import dev.millrace.http.json.DurationConverter;

/** Settings of sessions: what holds where a request says nothing. */
@ConfigMapping(prefix = "millrace.sessions")
public interface SessionConfig {

    /** How long a session lives without being used. */
    @WithDefault("30m")
    @WithConverter(DurationConverter.class)
    Duration idle();

    /** How long a session lives at most. */
    @WithDefault("12h")
    @WithConverter(DurationConverter.class)
    Duration absolute();

    /** How many sessions a user may have at once. */
    @WithDefault("10000")
    @Min(1)
    @Max(SessionService.MOST_PER_USER)
    int maxPerUser();
}
