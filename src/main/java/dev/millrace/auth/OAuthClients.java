package dev.millrace.auth;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

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
    private static final int MAX_FORM_BYTES = 64 * 1024;

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
     * @throws ApiException 401 if there are no valid credentials, 403 without the scope
     */
    public Caller require(String scope, @Nullable String clientId, @Nullable String clientSecret) {
        if (!current.isKnown()) {
            admit(keys.isOpen() || clientId == null || clientSecret == null
                    ? keys.authenticate(null)
                    : authenticate(clientId, clientSecret), scope);
        }
        return current.get();
    }

    /**
     * Refuses a form of an unknown caller if it is longer than a token and credentials.
     *
     * @throws ApiException 413
     */
    public void checkForm(int bytes) {
        if (!current.isKnown() && bytes > MAX_FORM_BYTES) {
            throw new ApiException(ErrorCode.TOO_LARGE, "The form may have at most " + MAX_FORM_BYTES + " bytes");
        }
    }

    /** Makes a caller the current one; fails if there is none, or if it has none of the scopes. */
    void admit(@Nullable Caller caller, String... scopes) {
        if (caller == null) {
            throw new ApiException(ErrorCode.UNAUTHENTICATED,
                    "Send an API key as Bearer token, as Basic credentials or as client_id and client_secret");
        }
        caller.require(scopes);
        current.set(caller);
    }

    /** Returns the caller of a request with these {@code Authorization} fields, or null if they are not those of a key. */
    @Nullable
    Caller authenticate(List<String> fields) {
        String authorization = fields.get(0);
        if (keys.isOpen() || fields.size() > 1 || !authorization.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
            return keys.authenticateFields(fields);
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
