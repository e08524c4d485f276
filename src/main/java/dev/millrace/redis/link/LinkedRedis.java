package dev.millrace.redis.link;

import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.impl.VertxInternal;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;

import dev.millrace.redis.CommandOutcome;

/**
 * The Vert.x client on which the data source stands: commands are pipelined on the shared {@link RedisLink} of the caller's event loop.
 * A command that would block that link, or change it for everybody, is refused; it needs a connection from {@link #connect}.
 *
 * <p>Every call fails with Redis' error reply or with {@link dev.millrace.redis.RedisUnavailableException}, and continues on the
 * caller's Vert.x context.
 */
final class LinkedRedis implements Redis {

    private final LinkSet links;
    private final OwnConnections connections;

    LinkedRedis(LinkSet links, Supplier<Redis> clients, VertxInternal vertx, Duration timeout) {
        this.links = links;
        this.connections = new OwnConnections(clients, vertx, timeout);
    }

    /** Opens a connection of the caller's own, who closes it. */
    @Override
    public Future<RedisConnection> connect() {
        return connections.open();
    }

    @Override
    public Future<Response> send(Request request) {
        Promise<Response> reply = Promise.promise();
        send(request, reply);
        return reply.future();
    }

    /** What Mutiny's client calls; needs no future. */
    @Override
    public Redis send(Request request, Handler<AsyncResult<Response>> handler) {
        String refusal = SharedCommands.refusal(request);
        if (refusal == null) {
            links.pick().send(request, handler);
        } else {
            handler.handle(Future.failedFuture(new UnsupportedOperationException(refusal)));
        }
        return this;
    }

    /** Sends the commands with no others in between. Fails with the first failure, after all are answered. */
    @Override
    public Future<List<Response>> batch(List<Request> commands) {
        for (Request command : commands) {
            String refusal = SharedCommands.refusal(command);
            if (refusal != null) {
                return Future.failedFuture(new UnsupportedOperationException(refusal));
            }
        }
        if (commands.isEmpty()) {
            return Future.succeededFuture(List.of());
        }
        Promise<List<Response>> replies = Promise.promise();
        links.pick().sendAll(commands, UnaryOperator.identity()).subscribe().with(outcomes -> {
            Throwable failure = outcomes.stream().map(CommandOutcome::failure).filter(f -> f != null).findFirst()
                    .orElse(null);
            if (failure == null) {
                replies.complete(outcomes.stream().map(CommandOutcome::reply).toList());
            } else {
                replies.fail(failure);
            }
        }, replies::fail);
        return replies.future();
    }

    /** Does nothing: the links are closed when the service stops, after everybody who might still send. */
    @Override
    public void close() {}
}
