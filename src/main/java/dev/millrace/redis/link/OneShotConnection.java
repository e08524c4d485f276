package dev.millrace.redis.link;

import java.time.Duration;
import java.util.function.Function;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.core.impl.VertxInternal;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;

import dev.millrace.redis.RedisRefusal;
import dev.millrace.redis.RedisRefusedException;
import dev.millrace.redis.RedisReply;
import dev.millrace.redis.RedisUnavailableException;
import dev.millrace.redis.RedisUnavailableException.Reason;

/**
 * A connection to one server that is opened for one question and closed after it, within twice the deadline of a call. The server may be one
 * that refuses most calls: an operator wants to know how far it has loaded its data, or since when it has no primary.
 */
public final class OneShotConnection {

    static final int MAX_IN_FLIGHT = 16;

    private final RedisLink link;

    private OneShotConnection(RedisLink link) {
        this.link = link;
    }

    /** Opens the connection, asks, and closes it. */
    static <T> Uni<T> use(VertxInternal vertx, Supplier<Redis> clients, Duration deadline,
            Function<OneShotConnection, Uni<T>> question) {
        return Uni.createFrom().deferred(() -> {
            Opening opening = new Opening();
            RedisLink link = new RedisLink(vertx.createEventLoopContext(), clients, opening, ns -> {}, MAX_IN_FLIGHT,
                    deadline, false);
            Duration patience = deadline.multipliedBy(2);
            return Uni.createFrom().<RedisLink>emitter(emitter -> {
                opening.emitter = emitter;
                link.open();
            }).flatMap(open -> question.apply(new OneShotConnection(open)))
                    .ifNoItem().after(patience).failWith(() -> new RedisUnavailableException(Reason.TIMEOUT,
                            "Redis did not answer within " + patience.toMillis() + " ms"))
                    .onTermination().invoke(link::close);
        });
    }

    /** Fails with {@link RedisRefusedException} if Redis does not have the command, or does not allow it. */
    public Uni<Response> send(Request request) {
        return link.send(request).onFailure().transform(failure -> {
            RedisRefusal refusal = RedisReply.refusal(failure);
            String reply = failure instanceof RedisUnavailableException e ? e.reply() : failure.getMessage();
            return reply != null && (refusal == null || refusal.isOfCommand())
                    ? new RedisRefusedException(reply.lines().findFirst().orElse(""))
                    : failure;
        });
    }

    /** It is tried once: whoever asks wants to know what is wrong now. */
    private static final class Opening implements LinkListener {
        @SuppressWarnings("NullAway.Init") // Set before the link is opened.
        private volatile UniEmitter<? super RedisLink> emitter;

        @Override
        public void connected(RedisLink link) {
            emitter.complete(link);
        }

        @Override
        public void disconnected(RedisLink link, String cause, @Nullable RedisRefusal refusal) {
            emitter.fail(new RedisUnavailableException(Reason.DOWN, "Redis cannot be reached: " + cause));
        }
    }
}
