package dev.millrace.auth;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Settings of authentication. */
@ConfigMapping(prefix = "millrace.auth")
public interface AuthConfig {

    /** On by default if a key is configured, and always on by default in production. {@code false} allows every client everything. */
    Optional<Boolean> enabled();

    /** The API keys by their id ({@code [A-Za-z0-9.-]{1,64}}). */
    Map<String, Key> keys();

    /** One API key, {@code mr_<keyId>_<secret>}. */
    interface Key {

        /** SHA-256 of the secret, in hex. The service does not know the secret itself. */
        String sha256();

        /** The scopes of the key: feature names, each also as {@code <feature>:read}. */
        Set<String> scopes();

        /** The tenant whose data the key reaches. */
        @WithDefault("main")
        String tenant();
    }
}
