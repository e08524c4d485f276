package dev.millrace.redis.link;

import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.core.impl.VertxInternal;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;

import dev.millrace.redis.CommandOutcome;
import dev.millrace.redis.EventLoop;
import dev.millrace.redis.RedisConfig;
import dev.millrace.redis.RedisRefusal;
import dev.millrace.redis.RedisUnavailableException;
import dev.millrace.redis.RedisUnavailableException.Reason;

/**
 * A Redis in which callers do as they like: another database than the service's own, or another server. Speaks RESP2, for callers are
 * shown replies as they come.
 */
public final class RawRedis {

    private final RedisEndpoint endpoint;
    private final Supplier<Redis> clients;
    private final LinkSet links;
    private final Redis redis;
    private final ScriptKiller killer;
    private final VertxInternal vertx;
    private final Duration timeout;

    /**
     * @param linkClients makes the clients of the shared connections, which are {@linkplain BoundedReplies#mark marked}
     * @param clients makes all others
     */
    RawRedis(RedisEndpoint endpoint, Supplier<Redis> linkClients, Supplier<Redis> clients, RedisConfig config,
            int maxInFlight, LongSupplier maxReply, Vertx vertx) {
        this.endpoint = endpoint;
        this.clients = clients;
        this.vertx = (VertxInternal) vertx;
        this.timeout = config.timeout();
        ConnectionLog log = new ConnectionLog("Redis over HTTP", endpoint);
        RefusalLog refusals = new RefusalLog("Redis over HTTP", EventLoop.next(vertx), RefusalLog.QUIET);
        this.links = new LinkSet(this.vertx, linkClients, new LinkListener() {
            @Override
            public void connected(RedisLink link) {
                BoundedReplies.install(link.loop(), maxReply);
                log.connected(links.up() == links.size());
            }

            @Override
            public void disconnected(RedisLink link, String cause, @Nullable RedisRefusal refusal) {
                log.disconnected(cause, refusal);
            }

            /** Callers choose the commands, and Redis tells them what they may not do. */
            @Override
            public void refused(RedisRefusal refusal, String reply) {
                if (!refusal.isOfCommand()) {
                    refusals.refused(refusal, reply);
                }
            }
        }, nanos -> {}, maxInFlight, config.timeout());
        this.redis = new LinkedRedis(links, clients, this.vertx, config.timeout());
        this.killer = new ScriptKiller("Redis over HTTP", this.vertx.createEventLoopContext(), clients);
    }

    /** Connects, and holds the connections. */
    public void open() {
        links.open();
        killer.open();
    }

    /** Ends it. */
    public void close() {
        links.close();
        killer.close();
    }

    /** Whether it is a cluster, on which a transaction would have to go to one node. */
    public boolean isCluster() {
        return endpoint.cluster();
    }

    /** Number of the database. */
    public int database() {
        return endpoint.db();
    }

    /**
     * Sends commands in one write, with none of others between them; none may block, or change the connection. Each has an outcome of
     * its own; the Uni fails, with {@link RedisUnavailableException}, if none was sent. A script that passes the deadline is killed.
     *
     * @param each gives what is kept of each outcome as it comes, in order
     */
    public Uni<List<CommandOutcome>> sendAll(List<Request> requests, UnaryOperator<CommandOutcome> each) {
        Uni<List<CommandOutcome>> sent = links.pick().sendAll(requests, each);
        return requests.stream().noneMatch(RedisLink::isScript) ? sent : sent.invoke(outcomes -> {
            if (outcomes.stream().anyMatch(RawRedis::isUnanswered)) {
                killer.kill();
            }
        });
    }

    /** Also if the connection was given up because of another call, which waited for the script. */
    private static boolean isUnanswered(CommandOutcome outcome) {
        return outcome.failure() instanceof RedisUnavailableException e
                && (e.reason() == Reason.TIMEOUT || e.reason() == Reason.LOST);
    }

    /** Asks over a connection of its own, for what may change a connection; within twice the deadline of a call. */
    public <T> Uni<T> ask(Function<OneShotConnection, Uni<T>> question) {
        return CallerContext.keep(OneShotConnection.use(vertx, clients, timeout, question));
    }

    /** Connections there should be. */
    public int size() {
        return links.size();
    }

    /** Connections that are up. */
    public int up() {
        return links.up();
    }

    /** Commands that wait for their replies. */
    public int inFlight() {
        return links.inFlight();
    }

    /** The links as a Vert.x client, for a data source. Closing it does nothing. */
    public Redis asClient() {
        return redis;
    }

    /** A client of the caller's own, who closes it; for listening. */
    public Redis client() {
        return clients.get();
    }
}
