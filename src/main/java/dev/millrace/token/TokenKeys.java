package dev.millrace.token;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;

import org.jboss.logging.Logger;

import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;

import dev.millrace.encoding.Digests;

/**
 * The keys that refresh tokens are signed with. To change keys: add the new one, sign with it, and take the old one away when
 * the tokens it signed have been rotated or have ended, after {@code idle} at the latest.
 *
 * <p>Without any, tokens carry a mere checksum under the id {@code 0}. They are as hard to guess, and Redis' contents as
 * useless to a thief; but who can write to Redis can make some. Once a key is configured, such tokens are not valid.
 */
@ApplicationScoped
public class TokenKeys {

    private static final Logger LOG = Logger.getLogger(TokenKeys.class);
    private static final String UNSIGNED = "0";
    private static final byte[] CHECKSUM = "millrace refresh token".getBytes(StandardCharsets.US_ASCII);
    private static final Pattern KEY_ID = Pattern.compile("[A-Za-z0-9-]{1,32}");
    /** The configuration takes each of these for something else, without a word. */
    private static final Pattern LOST = Pattern.compile("MILLRACE_TOKENS_KEYS_[A-Z0-9]+_[A-Z0-9_]+");
    private static final int MIN_SECRET = 32;

    private final Map<String, byte[]> keys = new HashMap<>();
    private final String current;

    TokenKeys(TokenConfig config) {
        config.keys().forEach((id, secret) -> {
            check(KEY_ID.matcher(id).matches() && !id.equals(UNSIGNED),
                    "millrace.tokens.keys: a key id must match " + KEY_ID + " and not be " + UNSIGNED);
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

    /** Early, so that a wrong configuration is told before anything connects. */
    void start(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE - 2) StartupEvent event) {
        System.getenv().keySet().stream().filter(name -> LOST.matcher(name).matches()).forEach(name -> LOG.warnf(
                "%s is not understood: a key id in the environment cannot hold an underscore", name));
    }

    /** Id of the key that signs. */
    String current() {
        return current;
    }

    /** The signature of the parts by a key; null if there is no such key. */
    byte[] sign(String keyId, byte[]... parts) {
        byte[] key = keys.get(keyId);
        return key == null ? null : Digests.hmacSha256(key, parts);
    }

    private static void check(boolean condition, String message) {
        if (!condition) {
            throw new ConfigurationException(message);
        }
    }
}
