package dev.millrace.auth;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

import jakarta.enterprise.context.ApplicationScoped;

import org.jspecify.annotations.Nullable;

import dev.millrace.http.problem.ApiException;
import dev.millrace.http.problem.ErrorCode;
import dev.millrace.http.route.Caller;

/**
 * Authenticates API keys that OAuth clients send (RFC 6749, section 2.3.1): the key id is the client id; the secret of the key, or the
 * whole key, is the client secret. Both come as HTTP Basic credentials or in the form. A Bearer key is accepted as well.
 */
@ApplicationScoped
public class OAuthClients {

    private static final String BASIC = "Basic ";
    private static final int MAX_LENGTH = 1024;

    private final ApiKeys keys;
    private final CurrentCaller current;

    OAuthClients(ApiKeys keys, CurrentCaller current) {
        this.keys = keys;
        this.current = current;
    }

    /**
     * Returns the caller that the header field names, and otherwise the one that the form names. It has the scope.
     *
     * @param clientId of the form, or null
     * @param clientSecret of the form, or null
     * @throws ApiException 401 if there are no valid credentials, with a challenge for the scheme that the client used; 403 without the scope
     */
    public Caller require(String scope, @Nullable String clientId, @Nullable String clientSecret) {
        if (!current.isKnown()) {
            admit(keys.isOpen() || clientId == null || clientSecret == null
                    ? keys.authenticate(null)
                    : authenticate(clientId, clientSecret), ErrorCode.INVALID_CLIENT, scope);
        }
        return current.get();
    }

    /**
     * Makes the caller of a request with these {@code Authorization} fields the current one. Fails with a challenge for the scheme that
     * the client used if they are not those of a key, and with 403 if the key has none of the scopes.
     */
    void admit(List<String> fields, String... scopes) {
        boolean basic = fields.size() == 1 && isBasic(fields.get(0));
        admit(authenticate(fields), basic ? ErrorCode.INVALID_CLIENT : ErrorCode.UNAUTHENTICATED, scopes);
    }

    private void admit(@Nullable Caller caller, ErrorCode ifNone, String... scopes) {
        if (caller == null) {
            throw new ApiException(ifNone,
                    "Send an API key as Bearer token, as Basic credentials or as client_id and client_secret");
        }
        caller.require(scopes);
        current.set(caller);
    }

    private @Nullable Caller authenticate(List<String> fields) {
        String authorization = fields.get(0);
        if (keys.isOpen() || fields.size() > 1 || !isBasic(authorization)) {
            return keys.authenticateFields(fields);
        }
        if (authorization.length() > MAX_LENGTH) {
            return null;
        }
        try {
            String credentials = new String(
                    Base64.getDecoder().decode(authorization.substring(BASIC.length() - 1).strip()),
                    StandardCharsets.UTF_8);
            int colon = credentials.indexOf(':');
            return colon < 0
                    ? null
                    : authenticate(decode(credentials.substring(0, colon)),
                            decode(credentials.substring(colon + 1)));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static boolean isBasic(String authorization) {
        String scheme = authorization.split(" ", 2)[0];
        return scheme.equalsIgnoreCase(BASIC.strip());
    }

    private @Nullable Caller authenticate(String keyId, String secret) {
        String prefix = "mr_" + keyId + '_';
        return keys.authenticate(keyId, secret.startsWith(prefix) ? secret.substring(prefix.length()) : secret);
    }

    /** Clients form-encode both halves before they join them. */
    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
