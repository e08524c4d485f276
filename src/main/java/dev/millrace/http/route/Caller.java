package dev.millrace.http.route;

import java.util.Set;

import dev.millrace.http.problem.ApiException;
import dev.millrace.http.problem.ErrorCode;

/**
 * The client that sent a request.
 *
 * @param keyId id of the API key
 * @param tenant the tenant whose data the caller reaches
 * @param scopes the caller's scopes
 */
public record Caller(String keyId, String tenant, Set<String> scopes) {

    /** Returns whether the caller has {@code scope}; {@code x} includes {@code x:read}. */
    public boolean may(String scope) {
        return scopes.contains(scope)
                || scope.endsWith(":read") && scopes.contains(scope.substring(0, scope.length() - ":read".length()));
    }

    /**
     * Refuses a caller that has none of the scopes.
     *
     * @throws ApiException 403
     */
    public void require(String... anyOf) {
        for (String scope : anyOf) {
            if (may(scope)) {
                return;
            }
        }
        throw new ApiException(ErrorCode.FORBIDDEN,
                "The key " + keyId + " needs the scope " + String.join(" or ", anyOf));
    }
}
