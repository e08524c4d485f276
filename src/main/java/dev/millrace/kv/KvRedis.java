package dev.millrace.kv;

import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;

import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;

import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;

import dev.millrace.metrics.Gauges;
import dev.millrace.redis.CommandOutcome;
import dev.millrace.redis.link.OneShotConnection;
import dev.millrace.redis.link.RawRedis;
import dev.millrace.redis.link.RedisClients;

/**
 * The Redis that callers have to themselves: a database of the service's server, or a server of their own. If the service's is a
 * cluster, which has but one database, there is none unless it is configured.
 */
@ApplicationScoped
public class KvRedis {

    /** Commands of others that may wait on a connection beside those of the largest request. */
    private static final int IN_FLIGHT_BESIDE = 10_000;

    private static final Logger LOG = Logger.getLogger(KvRedis.class);

    private final @Nullable RawRedis redis;
    private final boolean otherServer;
    private final Gauges gauges;
    private volatile boolean closed;

    KvRedis(RedisClients clients, KvConfig config, Gauges gauges) {
        this.gauges = gauges;
        String url = config.url().map(String::strip).filter(u -> !u.isEmpty()).orElse(null);
        this.otherServer = url != null;
        this.redis = url == null && clients.endpoint().cluster()
                ? null
                : clients.raw(url, config.db(), config.maxCommands() + IN_FLIGHT_BESIDE);
    }

    void start(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE) StartupEvent event) {
        if (redis != null) {
            gauges.add("millrace.kv.links", "Connections to the callers' Redis there should be", redis, RawRedis::size);
            gauges.add("millrace.kv.links.up", "Connections to the callers' Redis that are up, of one per event loop",
                    redis, RawRedis::up);
            gauges.add("millrace.kv.in.flight", "Callers' commands waiting for their replies", redis,
                    RawRedis::inFlight);
            redis.open();
        }
    }

    void stop(@Observes @Priority(Interceptor.Priority.PLATFORM_AFTER) ShutdownEvent event) {
        if (redis != null) {
            redis.close();
        }
    }

    private RawRedis redis() {
        if (redis == null) {
            throw new KvException(503, "ERR Redis over HTTP is off: beside a cluster it needs REDIS_KV_URL");
        }
        if (closed) {
            throw new KvException(503, "ERR Redis over HTTP is off: REDIS_KV_URL leads to the service's own database");
        }
        return redis;
    }

    /** Whether it was configured as a server of its own, which it may be or not. */
    boolean isOtherServer() {
        return otherServer;
    }

    /** It is the service's own database, under another name: nobody may use it, until the service is configured anew. */
    void refuse() {
        if (!closed) {
            closed = true;
            LOG.error("REDIS_KV_URL leads to the service's own database: Redis over HTTP is off");
        }
    }

    boolean isCluster() {
        return redis().isCluster();
    }

    /** Number of the database. */
    int database() {
        return redis().database();
    }

    /** Sends commands in one write, each with an outcome of its own, when subscribed to. */
    Uni<List<CommandOutcome>> sendAll(List<Request> requests) {
        return redis().sendAll(requests, UnaryOperator.identity());
    }

    /** The same, of whose replies only what there is room for is kept. */
    Uni<List<CommandOutcome>> sendAll(List<Request> requests, ReplyBudget room) {
        return redis().sendAll(requests, room::admit);
    }

    /** Asks over a connection of its own, for what may change a connection. */
    <T> Uni<T> ask(Function<OneShotConnection, Uni<T>> question) {
        return redis().ask(question);
    }

    /** The shared connections as a Vert.x client. */
    Redis asClient() {
        return redis().asClient();
    }

    /** A client of the caller's own, who closes it. */
    Redis client() {
        return redis().client();
    }
}
