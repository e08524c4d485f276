package dev.millrace.token;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;

import dev.millrace.config.BoundedConfig;
import dev.millrace.config.Bounds;
import dev.millrace.http.json.DurationConverter;

/** Defaults of refresh tokens, for requests that omit a field, and the keys that sign them. */
@ConfigMapping(prefix = "millrace.tokens")
public interface TokenConfig extends BoundedConfig {

    /** Time without rotation after which a family expires. */
    @WithDefault("14d")
    @WithConverter(DurationConverter.class)
    Duration idle();

    /** Age at which a family expires. */
    @WithDefault("90d")
    @WithConverter(DurationConverter.class)
    Duration absolute();

    /** How long after a rotation the previous token returns the same successor; 0 to 10 min. */
    @WithDefault("10s")
    @WithConverter(DurationConverter.class)
    Duration grace();

    /** Whether a token may be rotated again after the grace period, as long as nobody has presented its successor. */
    @WithDefault("deny")
    LostAnswer lostAnswer();

    /** Maximum number of families of a user; one more evicts the oldest. */
    @WithDefault("1000")
    int maxPerUser();

    /**
     * Secrets, at least 32 characters, by key id ({@code [A-Za-z0-9-]{1,32}}, not {@code 0}). With them, write
     * access to Redis does not allow creating a token. A token whose key was removed is invalid.
     */
    Map<String, String> keys();

    /** Id of the key that signs; required with several keys. */
    Optional<String> signWith();

    @Override
    default void check(Bounds bounds) {
        bounds.between("millrace.tokens.max-per-user", maxPerUser(), 1, 10_000);
    }
}
