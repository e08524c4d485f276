package dev.millrace.auth;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

import jakarta.enterprise.context.ApplicationScoped;

import org.jspecify.annotations.Nullable;

import dev.millrace.http.problem.ApiException;
import dev.millrace.http.problem.ErrorCode;

/**
 * Authenticates API keys that OAuth clients send (RFC 6749, section 2.3.1): the key id is the client id; the secret of the key, or the
 * whole key, is the client secret. Both come as HTTP Basic credentials or in the form. A Bearer key is accepted as well.
 */
@ApplicationScoped
public class OAuthClients {

    private static final String BASIC = "Basic ";
    private static final int MAX_LENGTH = 1024;

    private final ApiKeys keys;

    OAuthClients(ApiKeys keys) {
        this.keys = keys;
    }

    /**
     * Returns the caller, which has the scope.
     *
     * @param authorization the header, or null
     * @param clientId of the form, or null
     * @param clientSecret of the form, or null
     * @throws ApiException 401 if there are no valid credentials, 403 without the scope
     */
    public Caller require(String scope, String authorization, @Nullable String clientId,
            @Nullable String clientSecret) {
        Caller caller = authenticate(authorization, clientId, clientSecret);
        if (caller == null) {
            throw new ApiException(ErrorCode.UNAUTHENTICATED,
                    "Send an API key as Bearer token, as Basic credentials or as client_id and client_secret");
        }
        caller.require(scope);
        return caller;
    }

    private @Nullable Caller authenticate(String authorization, @Nullable String clientId,
            @Nullable String clientSecret) {
        if (keys.isOpen()) {
            return keys.authenticate(null);
        }
        if (authorization == null) {
            return clientId == null || clientSecret == null ? null : authenticate(clientId, clientSecret);
        }
        if (!authorization.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
            return keys.authenticate(authorization);
        }
        if (authorization.length() > MAX_LENGTH) {
            return null;
        }
        try {
            String credentials = new String(Base64.getDecoder().decode(authorization.substring(BASIC.length()).strip()),
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

    private @Nullable Caller authenticate(String keyId, String secret) {
        String prefix = "mr_" + keyId + '_';
        return keys.authenticate(keyId, secret.startsWith(prefix) ? secret.substring(prefix.length()) : secret);
    }

    /** Clients form-encode both halves before they join them. */
    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
