package dev.millrace.auth;

import java.util.List;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.HttpHeaders;

/**
 * Accepts requests of {@link OAuthClients} with one of the scopes, before the body is read. Those without an {@code Authorization} field
 * pass, because their credentials are in the body: their resource must call {@link OAuthClients#require}.
 */
final class OAuthClientFilter implements ContainerRequestFilter {

    private final OAuthClients clients;
    private final String[] scopes;

    OAuthClientFilter(OAuthClients clients, String[] scopes) {
        this.clients = clients;
        this.scopes = scopes;
    }

    @Override
    public void filter(ContainerRequestContext request) {
        List<String> fields = request.getHeaders().get(HttpHeaders.AUTHORIZATION);
        if (fields != null && !fields.isEmpty()) {
            clients.admit(fields, scopes);
        }
    }
}
