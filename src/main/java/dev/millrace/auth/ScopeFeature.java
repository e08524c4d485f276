package dev.millrace.auth;

import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.DynamicFeature;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.FeatureContext;
import jakarta.ws.rs.ext.Provider;

/** Registers a {@link ScopeFilter}, or an {@link OAuthClientFilter}, for every resource method at start. Fails for a method without scopes. */
@Provider
public class ScopeFeature implements DynamicFeature {

    // All are client proxies, because features are created while the application is built, before there is a configuration.
    private final ApiKeys keys;
    private final CurrentCaller current;
    private final OAuthClients clients;

    ScopeFeature(ApiKeys keys, CurrentCaller current, OAuthClients clients) {
        this.keys = keys;
        this.clients = clients;
        this.current = current;
    }

    @Override
    public void configure(ResourceInfo resource, FeatureContext context) {
        if (!resource.getResourceClass().getName().startsWith("dev.millrace.")
                || resource.getResourceClass().isAnnotationPresent(ForAnyone.class)) {
            return;
        }
        RequiresScope scope = resource.getResourceMethod().getAnnotation(RequiresScope.class);
        if (scope == null) {
            scope = resource.getResourceClass().getAnnotation(RequiresScope.class);
        }
        if (scope == null) {
            throw new IllegalStateException(resource.getResourceMethod() + " lacks @RequiresScope");
        }
        context.register(resource.getResourceClass().isAnnotationPresent(ForOAuthClients.class)
                ? new OAuthClientFilter(clients, scope.value())
                : new ScopeFilter(keys, current, scope.value()), Priorities.AUTHENTICATION);
    }
}
