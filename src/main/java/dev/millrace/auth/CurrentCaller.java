package dev.millrace.auth;

import static java.util.Objects.requireNonNull;

import jakarta.enterprise.context.RequestScoped;

import org.jspecify.annotations.Nullable;

import dev.millrace.http.route.Caller;

/** The caller of the current request; set by {@link ScopeFilter} or {@link OAuthClients}. */
@RequestScoped
public class CurrentCaller {

    private @Nullable Caller caller;

    /** Returns the caller. Only resources with {@link RequiresScope} have one. */
    public Caller get() {
        return requireNonNull(caller, "the resource has no @RequiresScope");
    }

    /** Returns whether there is a caller already. */
    boolean isKnown() {
        return caller != null;
    }

    /** Returns the id of the caller's API key; empty if the resource needs none. */
    public String keyId() {
        return caller == null ? "" : caller.keyId();
    }

    /** Returns the caller's tenant. */
    public String tenant() {
        return get().tenant();
    }

    void set(Caller caller) {
        this.caller = caller;
    }
}
