package dev.millrace.redis.pubsub;

import java.time.Duration;
import java.util.function.Consumer;

import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;

import org.jboss.logging.Logger;

import io.quarkus.redis.datasource.ReactiveRedisDataSource;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import io.vertx.core.impl.VertxInternal;
import io.vertx.redis.client.Command;

import dev.millrace.metrics.Gauges;
import dev.millrace.redis.RedisConfig;
import dev.millrace.redis.RedisUnavailableException;
import dev.millrace.redis.link.RedisClients;

/**
 * Listens to Redis' channels for all features of this process, over one connection of its own.
 *
 * <p>The connection is opened when somebody first listens and then kept, so that a service that uses no such feature has
 * neither the connection nor its heartbeat. It is reopened when it breaks or when messages no longer arrive, with
 * all channels subscribed again. Meanwhile messages are lost, so whoever listens re-reads what they are about afterwards.
 *
 * <p>Channels, unlike keys, are shared by all databases of a server.
 */
@ApplicationScoped
public class Subscriptions {

    /** Channels that may be listened to at once. */
    public static final int MAX_CHANNELS = 10_000;

    private static final Logger LOG = Logger.getLogger(Subscriptions.class);
    private static final Duration HEARTBEAT = Duration.ofSeconds(3);
    private static final Duration LINGER = Duration.ofSeconds(1);
    private static final Duration FAILURES_APART = Duration.ofMinutes(1);

    private final RedisClients clients;
    private final Gauges gauges;
    private final Subscriber subscriber;

    Subscriptions(RedisClients clients, ReactiveRedisDataSource redis, RedisConfig config, Gauges gauges, Vertx vertx) {
        this.clients = clients;
        this.gauges = gauges;
        Duration timeout = config.timeout();
        this.subscriber = new Subscriber(((VertxInternal) vertx).createEventLoopContext(), clients.listeningFactory(),
                (channel, message) -> redis.execute(Command.PUBLISH, channel, message), timeout,
                timeout.compareTo(HEARTBEAT) > 0 ? timeout : HEARTBEAT, LINGER, MAX_CHANNELS,
                new Reports());
    }

    void start(@Observes StartupEvent event) {
        gauges.add("millrace.redis.subscriptions", "Channels that are listened to", subscriber, Subscriber::channels);
        gauges.add("millrace.redis.subscriptions.up", "Whether messages arrive, or nobody has listened yet", subscriber,
                s -> s.isUp() || !s.hasBegun() ? 1 : 0);
    }

    void stop(@Observes @Priority(Interceptor.Priority.PLATFORM_AFTER) ShutdownEvent event) {
        subscriber.close();
    }

    /**
     * Listens to a channel until the subscription is closed. The handlers are called on one event loop, in the order in
     * which the messages arrive; that loop serves requests too, so they must not block, and what takes longer is not for
     * them. A handler may subscribe and close.
     *
     * @param onMessage given each message
     * @param onResubscribed called when messages arrive again after some may have been missed: after each reconnect, also
     *        if the subscription was made while Redis was away. Then the state is to be re-read; if that fails, by trying again
     *        later, for it is not called again.
     * @throws RedisUnavailableException {@link RedisUnavailableException.Reason#OVERLOADED OVERLOADED} if that would be more
     *         than {@link #MAX_CHANNELS}
     */
    public Subscription subscribe(String channel, Consumer<String> onMessage, Runnable onResubscribed) {
        return subscriber.subscribe(channel, onMessage, onResubscribed);
    }

    /** Says once that messages do not arrive, and once that they do again. Called on the subscriber's event loop only. */
    private final class Reports implements Subscriber.Observer {
        private boolean outage;
        private long failuresAt;

        @Override
        public void alive() {
            if (outage) {
                outage = false;
                LOG.info("Redis subscriptions restored");
            }
        }

        @Override
        public void lost(String cause) {
            if (!outage) {
                outage = true;
                LOG.errorf("Redis subscriptions lost (%s): %s", clients.endpoint(), cause);
            }
        }

        /** Once a minute at most, and without the message, which may quote what was published. */
        @Override
        public void failed(Throwable e) {
            long now = System.nanoTime();
            if (failuresAt == 0 || now - failuresAt > FAILURES_APART.toNanos()) {
                failuresAt = now;
                Throwable where = new Throwable(e.getClass().getName());
                where.setStackTrace(e.getStackTrace());
                LOG.error("A listener to a channel of Redis failed", where);
            }
        }
    }
}
