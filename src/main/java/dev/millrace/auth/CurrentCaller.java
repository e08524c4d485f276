package dev.millrace.auth;

import jakarta.enterprise.context.RequestScoped;

/** The caller of the current request; set by {@link ScopeFilter}. */
@RequestScoped
public class CurrentCaller {

    private Caller caller;

    /** The caller; never null in a resource with {@link RequiresScope}. */
    public Caller get() {
        return caller;
    }

    /** The caller's tenant. */
    public String tenant() {
        return caller.tenant();
    }

    void set(Caller caller) {
        this.caller = caller;
    }
}
