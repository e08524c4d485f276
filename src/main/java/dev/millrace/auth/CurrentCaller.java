package dev.millrace.auth;

import static java.util.Objects.requireNonNull;

import jakarta.enterprise.context.RequestScoped;

import org.jspecify.annotations.Nullable;

/** The caller of the current request; set by {@link ScopeFilter}. */
@RequestScoped
public class CurrentCaller {

    private @Nullable Caller caller;

    /** The caller; only for a resource with {@link RequiresScope}, which has one. */
    public Caller get() {
        return requireNonNull(caller, "the resource has no @RequiresScope");
    }

    /** The caller's tenant. */
    public String tenant() {
        return get().tenant();
    }

    void set(Caller caller) {
        this.caller = caller;
    }
}
