package dev.millrace.http;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.ShutdownEvent;

/** Whether the service is about to stop: then waiting calls respond at once, and streams end. */
@ApplicationScoped
public class Stopping {

    private volatile boolean begun;

    /** Returns true from the moment readiness turns down. */
    public boolean hasBegun() {
        return begun;
    }

    void announced(@Observes ShutdownDelayInitiatedEvent event) {
        begun = true;
    }

    void stop(@Observes ShutdownEvent event) {
        begun = true;
    }
}
