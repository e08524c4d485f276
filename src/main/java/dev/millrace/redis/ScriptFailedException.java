package dev.millrace.redis;

import org.jspecify.annotations.Nullable;

/**
 * A script of the service does not compile, or failed while it ran: a bug of the service. The message names the file and the line.
 * Carries no stack trace.
 */
public final class ScriptFailedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    ScriptFailedException(String place, @Nullable String reply) {
        super(place + ": " + reply, null, false, false);
    }
}
