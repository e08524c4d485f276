package dev.millrace.redis;

import io.vertx.core.impl.ContextInternal;

/**
 * The Vert.x context on which a caller goes on, for it carries what belongs to his request. Being on the same event loop
 * is not enough: an answer, and even more a failure, may come in another context of it, or in none.
 */
final class CallerContext {

    private CallerContext() {}

    /** Runs {@code next} at once if this is the caller's context or there is none, else on it. */
    static void run(ContextInternal caller, Runnable next) {
        if (caller == null || caller == ContextInternal.current()) {
            next.run();
        } else {
            caller.emit(v -> next.run());
        }
    }
}
