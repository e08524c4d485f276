package dev.millrace.auth;

import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;

import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;

import dev.millrace.encoding.Digests;
import dev.millrace.http.route.Authenticator;
import dev.millrace.http.route.Caller;
import dev.millrace.redis.Keys;

/**
 * The API keys, {@code mr_<keyId>_<secret>}. Holds only the SHA-256 of each secret, and compares in constant time. A hash without salt
 * and stretching is sufficient, because secrets are random and not chosen by people.
 */
@ApplicationScoped
public class ApiKeys implements Authenticator {

    private static final Logger LOG = Logger.getLogger(ApiKeys.class);
    private static final String BEARER = "Bearer ";
    private static final String PREFIX = "mr_";
    private static final int MAX_TOKEN_LENGTH = 512;
    private static final Pattern KEY_ID = Pattern.compile("[A-Za-z0-9.-]{1,64}");
    private static final Pattern SHA_256 = Pattern.compile("[0-9a-fA-F]{64}");
    private static final Caller EVERYBODY = new Caller("everybody", "main", Scopes.ALL);

    private record RegisteredKey(byte[] sha256, Caller caller) {}

    private final Map<String, RegisteredKey> entries = new HashMap<>();
    private final boolean open;

    ApiKeys(AuthConfig config) {
        config.keys().forEach((id, key) -> entries.put(id, entry(id, key)));
        boolean prod = LaunchMode.current() == LaunchMode.NORMAL;
        open = !config.enabled().orElse(prod || !entries.isEmpty());
        if (!open && entries.isEmpty()) {
            throw new ConfigurationException(
                    "No API key is configured: set millrace.auth.keys.<keyId>.sha256 and .scopes "
                            + "(MILLRACE_AUTH_KEYS_<KEYID>_SHA256, _SCOPES), or MILLRACE_AUTH_ENABLED to false to accept every client");
        }
    }

    /** Runs before any connection is made, because the service must not start without keys. */
    void start(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE - 2) StartupEvent event) {
        if (open) {
            LOG.warn("Authentication is off: every client that reaches this service may do everything");
        }
    }

    /** Returns whether requests need no key. */
    public boolean isOpen() {
        return open;
    }

    /** Returns the tenants of all keys. */
    public Set<String> tenants() {
        return open
                ? Set.of(EVERYBODY.tenant())
                : entries.values().stream().map(entry -> entry.caller().tenant())
                        .collect(Collectors.toUnmodifiableSet());
    }

    /** Returns the caller with this {@code Authorization} header, or null if it has no valid key. */
    public @Nullable Caller authenticate(@Nullable String authorization) {
        if (open) {
            return EVERYBODY;
        }
        if (authorization == null || authorization.length() > MAX_TOKEN_LENGTH
                || !authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())
                || !authorization.startsWith(PREFIX, BEARER.length())) {
            return null;
        }
        int idStart = BEARER.length() + PREFIX.length();
        int idEnd = authorization.indexOf('_', idStart);
        return idEnd < 0
                ? null
                : authenticate(authorization.substring(idStart, idEnd), authorization.substring(idEnd + 1));
    }

    /**
     * Returns the caller of a request, or null if it has no valid key. Of several fields, two readers may each use another one, so a
     * request with more than one has no valid key (RFC 9110, section 5.3: only fields that are lists may be repeated).
     *
     * @param authorization the values of all {@code Authorization} header fields; null or empty if there are none
     */
    public @Nullable Caller authenticateFields(@Nullable List<String> authorization) {
        return open || authorization == null || authorization.size() != 1
                ? authenticate(null)
                : authenticate(authorization.get(0));
    }

    @Override
    public @Nullable Caller caller(String authorization, String scope) {
        Caller caller = authenticate(authorization);
        return caller != null && caller.may(scope) ? caller : null;
    }

    /** Returns the caller with this key id and secret, or null if there is none. */
    @Nullable
    Caller authenticate(String keyId, String secret) {
        RegisteredKey entry = entries.get(keyId);
        byte[] digest = Digests.sha256(secret);
        return entry != null && MessageDigest.isEqual(entry.sha256, digest) ? entry.caller : null;
    }

    private static RegisteredKey entry(String id, AuthConfig.Key key) {
        String name = "millrace.auth.keys." + id;
        check(KEY_ID.matcher(id).matches(), name + ": a key id must match " + KEY_ID);
        check(SHA_256.matcher(key.sha256()).matches(), name + ".sha256 must be 64 hexadecimal digits");
        check(Keys.isName(key.tenant()), name + ".tenant must match [A-Za-z0-9._-]{1,64}");
        for (String scope : key.scopes()) {
            check(Scopes.isKnown(scope), name + ".scopes: unknown scope " + scope);
        }
        return new RegisteredKey(HexFormat.of().parseHex(key.sha256()),
                new Caller(id, key.tenant(), Set.copyOf(key.scopes())));
    }

    private static void check(boolean condition, String message) {
        if (!condition) {
            throw new ConfigurationException(message);
        }
    }
}
