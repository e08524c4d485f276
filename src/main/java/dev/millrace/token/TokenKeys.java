package dev.millrace.token;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;

import org.jspecify.annotations.Nullable;

import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;

import dev.millrace.encoding.Digests;

/**
 * The keys that sign refresh tokens. To change keys, add the new one, sign with it, and remove the old one when the tokens it
 * signed have been rotated or have expired, after {@code idle} at the latest.
 *
 * <p>Without a key, tokens have only a checksum, under the id {@code 0}. They are as hard to guess, and read access to Redis is as
 * useless to an attacker, but write access allows creating tokens. Once a key is configured, such tokens are invalid.
 */
@ApplicationScoped
public class TokenKeys {

    private static final String UNSIGNED = "0";
    private static final byte[] CHECKSUM = "millrace refresh token".getBytes(StandardCharsets.US_ASCII);
    private static final Pattern KEY_ID = Pattern.compile("[A-Za-z0-9-]{1,32}");
    private static final int MIN_SECRET = 32;

    private final Map<String, byte[]> keys = new HashMap<>();
    private final String current;

    TokenKeys(TokenConfig config) {
        config.keys().forEach((id, secret) -> {
            check(KEY_ID.matcher(id).matches() && !id.equals(UNSIGNED),
                    "millrace.tokens.keys." + id + ": a key id must match " + KEY_ID + " and not be " + UNSIGNED
                            + "; in an environment variable it must not contain an underscore");
            check(secret.length() >= MIN_SECRET,
                    "millrace.tokens.keys." + id + " must have at least " + MIN_SECRET + " characters");
            keys.put(id, secret.getBytes(StandardCharsets.UTF_8));
        });
        check(keys.size() < 2 || config.signWith().isPresent(), "millrace.tokens.sign-with must name one of the keys");
        config.signWith()
                .ifPresent(id -> check(keys.containsKey(id), "millrace.tokens.sign-with: there is no key " + id));
        if (keys.isEmpty()) {
            keys.put(UNSIGNED, CHECKSUM);
        }
        current = config.signWith().orElseGet(() -> keys.keySet().iterator().next());
    }

    /** Runs early, so that an invalid configuration is reported before anything connects. */
    void start(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE - 2) StartupEvent event) {
        // The constructor has checked the configuration.
    }

    /** Returns the id of the key that signs. */
    String current() {
        return current;
    }

    /** Returns the signature of the parts by a key; null if there is no such key. */
    byte @Nullable [] sign(String keyId, byte[]... parts) {
        byte[] key = keys.get(keyId);
        return key == null ? null : Digests.hmacSha256(key, parts);
    }

    private static void check(boolean condition, String message) {
        if (!condition) {
            throw new ConfigurationException(message);
        }
    }
}
