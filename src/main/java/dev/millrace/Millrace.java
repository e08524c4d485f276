package dev.millrace;

import io.quarkus.runtime.ApplicationLifecycleManager;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;

import dev.millrace.config.StartFailure;

/** Starts the service. */
@QuarkusMain
public final class Millrace {

    private Millrace() {}

    /** Runs the service until it is stopped. Ends the process with 1 if it cannot start. */
    public static void main(String... args) {
        Quarkus.run(null, (code, failure) -> {
            StartFailure.print(failure);
            // In dev mode, it waits for the next change instead of ending the process.
            ApplicationLifecycleManager.getDefaultExitCodeHandler().accept(code, failure);
        }, args);
    }
}
