package dev.millrace.auth;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.HttpHeaders;

import dev.millrace.http.problem.ApiException;
import dev.millrace.http.problem.ErrorCode;
import dev.millrace.http.route.Caller;

/** Accepts requests whose API key has one of the scopes; 401 without a valid key, 403 without a scope. */
final class ScopeFilter implements ContainerRequestFilter {

    private final ApiKeys keys;
    private final CurrentCaller current;
    private final String[] scopes;

    ScopeFilter(ApiKeys keys, CurrentCaller current, String[] scopes) {
        this.keys = keys;
        this.current = current;
        this.scopes = scopes;
    }

    @Override
    public void filter(ContainerRequestContext request) {
        Caller caller = keys.authenticateFields(request.getHeaders().get(HttpHeaders.AUTHORIZATION));
        if (caller == null) {
            throw new ApiException(ErrorCode.UNAUTHENTICATED, "Send Authorization: Bearer mr_<keyId>_<secret>");
        }
        caller.require(scopes);
        current.set(caller);
    }
}
