package dev.millrace.auth;

import jakarta.enterprise.context.RequestScoped;

/** Who sent the request at hand; set by {@link ScopeFilter}. */
@RequestScoped
public class CurrentCaller {

    private Caller caller;

    /** The caller; never null in a resource with {@link RequiresScope}. */
    public Caller get() {
        return caller;
    }

    public String tenant() {
        return caller.tenant();
    }

    void set(Caller caller) {
        this.caller = caller;
    }
}
