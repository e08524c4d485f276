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

import io.quarkus.runtime.LaunchMode;
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
 * The Redis that {@code /redis} serves: a database of the service's server, or a separate server. A cluster has only one database, so
 * beside a cluster a separate server must be configured.
 */
@ApplicationScoped
public class KvRedis {

    /** Commands of other requests that may wait on a connection in addition to those of the largest request. */
    private static final int IN_FLIGHT_BESIDE = 10_000;

    private static final Logger LOG = Logger.getLogger(KvRedis.class);

    private final @Nullable RawRedis redis;
    private final boolean otherServer;
    private final Gauges gauges;
    private volatile boolean closed;

    KvRedis(RedisClients clients, KvConfig config, ReplyMemory memory, Gauges gauges) {
        this.gauges = gauges;
        String url = config.url().map(String::strip).filter(u -> !u.isEmpty()).orElse(null);
        this.otherServer = url != null;
        this.redis = url == null && clients.endpoint().cluster()
                ? null
                : clients.raw(url, config.db(), config.maxCommands() + IN_FLIGHT_BESIDE, memory::available);
    }

    /** Runs before anything connects, so that a refused configuration is the only thing that is logged. */
    void check(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE - 2) StartupEvent event) {
        // The constructor has checked the configuration.
    }

    void start(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE) StartupEvent event) {
        if (redis != null) {
            gauges.add("millrace.kv.links", "Connections to the Redis of /redis that should be up", redis,
                    RawRedis::size);
            gauges.add("millrace.kv.links.up", "Connections to the Redis of /redis that are up, of one per event loop",
                    redis, RawRedis::up);
            gauges.add("millrace.kv.in.flight", "Commands of /redis that wait for their replies", redis,
                    RawRedis::inFlight);
            redis.open();
            if (!otherServer && LaunchMode.current() == LaunchMode.NORMAL) {
                LOG.warn(
                        "REDIS_KV_URL is not set: callers of /redis use the server of sessions and queues, and can fill"
                                + " its memory or keep it busy. Set it if you do not trust them.");
            }
        }
    }

    void stop(@Observes @Priority(Interceptor.Priority.PLATFORM_AFTER) ShutdownEvent event) {
        if (redis != null) {
            redis.close();
        }
    }

    private RawRedis redis() {
        if (redis == null) {
            throw new KvException(503,
                    "ERR Redis over HTTP is off: the service uses a cluster, so REDIS_KV_URL must be set");
        }
        if (closed) {
            throw new KvException(503, "ERR Redis over HTTP is off: REDIS_KV_URL is the service's own database");
        }
        return redis;
    }

    /** Returns whether it is configured as a separate server. It may still be the service's own. */
    boolean isOtherServer() {
        return otherServer;
    }

    /** Turns Redis over HTTP off until the next start, because the database is the service's own under another name. */
    void refuse() {
        if (!closed) {
            closed = true;
            LOG.error("REDIS_KV_URL is the service's own database: Redis over HTTP is off");
        }
    }

    boolean isCluster() {
        return redis().isCluster();
    }

    /** Returns the number of the database. */
    int database() {
        return redis().database();
    }

    /** Sends commands in one write, when subscribed to. Each command has its own outcome. */
    Uni<List<CommandOutcome>> sendAll(List<Request> requests) {
        return redis().sendAll(requests, UnaryOperator.identity());
    }

    /** Does the same, and keeps only the replies that fit into the budget. */
    Uni<List<CommandOutcome>> sendAll(List<Request> requests, ReplyBudget budget) {
        return redis().sendAll(requests, budget::admit);
    }

    /** Sends commands that may change a connection, over a separate connection. */
    <T> Uni<T> ask(Function<OneShotConnection, Uni<T>> question) {
        return redis().ask(question);
    }

    /** Returns the shared connections as a Vert.x client. */
    Redis asClient() {
        return redis().asClient();
    }

    /** Returns a separate client, which the caller must close. */
    Redis client() {
        return redis().client();
    }
}
