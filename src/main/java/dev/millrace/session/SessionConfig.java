package dev.millrace.session;

import java.time.Duration;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;

import dev.millrace.http.json.DurationConverter;

/** Defaults of sessions, for requests that omit a field. */
@ConfigMapping(prefix = "millrace.sessions")
public interface SessionConfig {

    /** Time without use after which a session expires. */
    @WithDefault("30m")
    @WithConverter(DurationConverter.class)
    Duration idle();

    /** Age at which a session expires. */
    @WithDefault("12h")
    @WithConverter(DurationConverter.class)
    Duration absolute();

    /** Maximum number of sessions of a user. */
    @WithDefault("10000")
    @Min(1)
    @Max(SessionService.MAX_PER_USER)
    int maxPerUser();
}
