package dev.millrace.token;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;

import dev.millrace.http.json.DurationConverter;

/** Settings of refresh tokens: what holds where a request says nothing, and the keys they are signed with. */
@ConfigMapping(prefix = "millrace.tokens")
public interface TokenConfig {

    /** How long a family lives without being rotated. */
    @WithDefault("14d")
    @WithConverter(DurationConverter.class)
    Duration idle();

    /** How long a family lives at most. */
    @WithDefault("90d")
    @WithConverter(DurationConverter.class)
    Duration absolute();

    /** How long after a rotation the token before still gets the same successor; 0 to 60 s. */
    @WithDefault("10s")
    @WithConverter(DurationConverter.class)
    Duration grace();

    /** How many families a user may have at once; the oldest ends when there are more. */
    @WithDefault("1000")
    @Min(1)
    @Max(10_000)
    int maxPerUser();

    /**
     * Secrets, at least 32 characters, by key id ({@code [A-Za-z0-9-]{1,32}}, not {@code 0}). With them, whoever can write to
     * Redis still cannot make a token. A token whose key is gone is not valid.
     */
    Map<String, String> keys();

    /** Id of the key that signs; needed where there are several. */
    Optional<String> signWith();
}
