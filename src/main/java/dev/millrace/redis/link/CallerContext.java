package dev.millrace.redis.link;

import org.jspecify.annotations.Nullable;

import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import io.vertx.core.Handler;
import io.vertx.core.impl.ContextInternal;

/**
 * The Vert.x context on which a caller goes on, for it carries what belongs to his request. Being on the same event loop
 * is not enough: an answer, and even more a failure, may come in another context of it, or in none.
 */
public final class CallerContext {

    private CallerContext() {}

    /** The same work, whose outcome comes on the context of whoever subscribes. */
    public static <T> Uni<T> keep(Uni<T> work) {
        return Uni.createFrom().emitter(emitter -> {
            ContextInternal caller = ContextInternal.current();
            Cancellable running = work.subscribe().with(
                    item -> run(caller, () -> emitter.complete(item)),
                    failure -> run(caller, () -> emitter.fail(failure)));
            emitter.onTermination(running::cancel);
        });
    }

    /** Gives a result to {@code next} at once if this is the caller's context or there is none, else on it. */
    static <T> void complete(@Nullable ContextInternal caller, T result, Handler<? super T> next) {
        if (caller == null || caller == ContextInternal.current()) {
            next.handle(result);
        } else {
            caller.emit(result, next::handle);
        }
    }

    /** Runs {@code next} at once if this is the caller's context or there is none, else on it. */
    public static void run(ContextInternal caller, Runnable next) {
        if (caller == null || caller == ContextInternal.current()) {
            next.run();
        } else {
            caller.emit(v -> next.run());
        }
    }
}
