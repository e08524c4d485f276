package dev.millrace.redis.pubsub;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

import io.smallrye.mutiny.Uni;
import io.vertx.core.impl.ContextInternal;

import dev.millrace.redis.RedisUnavailableException;
import dev.millrace.redis.RedisUnavailableException.Reason;
import dev.millrace.redis.link.CallerContext;

/** What {@link Subscriber} knows about one listener. An exception in a handler hurts nobody else. */
final class ChannelListener implements Subscription {

    private final Subscriber subscriber;
    private final String channel;
    private final Consumer<String> onMessage;
    private final Runnable onResubscribed;
    private final CompletableFuture<Void> established = new CompletableFuture<>();
    private volatile boolean closed;

    // Confined to the event loop.
    private boolean up;

    ChannelListener(Subscriber subscriber, String channel, Consumer<String> onMessage, Runnable onResubscribed) {
        this.subscriber = subscriber;
        this.channel = channel;
        this.onMessage = onMessage;
        this.onResubscribed = onResubscribed;
    }

    String channel() {
        return channel;
    }

    @Override
    public Uni<Void> established() {
        return Uni.createFrom().emitter(emitter -> {
            ContextInternal caller = ContextInternal.current();
            established.whenComplete((done, failure) -> CallerContext.run(caller, () -> {
                if (failure == null) {
                    emitter.complete(null);
                } else {
                    emitter.fail(failure);
                }
            }));
        });
    }

    @Override
    public void close() {
        closed = true;
        established.completeExceptionally(new RedisUnavailableException(Reason.DOWN, "The subscription was closed"));
        subscriber.leave(this);
    }

    boolean isClosed() {
        return closed;
    }

    /** Redis confirms that messages arrive. */
    void up() {
        if (!up && !closed) {
            up = true;
            if (!established.complete(null)) {
                call(onResubscribed);
            }
        }
    }

    /** Messages do not arrive for the time being. */
    void down(String cause) {
        up = false;
        if (!established.isDone()) {
            established.completeExceptionally(
                    new RedisUnavailableException(Reason.DOWN, "Redis sends no messages: " + cause));
        }
    }

    void message(String text) {
        call(() -> onMessage.accept(text));
    }

    private void call(Runnable handler) {
        if (closed) {
            return;
        }
        try {
            handler.run();
        } catch (Throwable e) {
            subscriber.failed(e);
        }
    }
}
