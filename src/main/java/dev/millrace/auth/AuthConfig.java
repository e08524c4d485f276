package dev.millrace.auth;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Who may call. */
@ConfigMapping(prefix = "millrace.auth")
public interface AuthConfig {

    /** By default on if a key is configured, and in production in any case. {@code false} lets everybody do everything. */
    Optional<Boolean> enabled();

    /** The API keys by their id ({@code [A-Za-z0-9.-]{1,64}}). */
    Map<String, Key> keys();

    /** One API key, {@code mr_<keyId>_<secret>}. */
    interface Key {

        /** SHA-256 of the secret, in hex. The secret itself is nowhere in the service. */
        String sha256();

        /** What the key may do: feature names, each also as {@code <feature>:read}. */
        Set<String> scopes();

        /** Whose data the key reaches. */
        @WithDefault("main")
        String tenant();
    }
}
