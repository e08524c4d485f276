package dev.millrace.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import java.util.stream.LongStream;

import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;

import org.jboss.logging.Logger;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.core.impl.ContextInternal;
import io.vertx.core.impl.VertxInternal;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;

/**
 * The service's way to Redis: one {@link RedisLink} per event loop, so that a request talks to Redis on the thread that
 * serves it, and two threads never contend for a connection.
 *
 * <p>Not for blocking commands or subscriptions: they would hold up everybody else's answers.
 */
@ApplicationScoped
public class RedisLinks {

    private static final Logger LOG = Logger.getLogger(RedisLinks.class);

    private static final Duration[] BUCKETS = LongStream.of(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
            .mapToObj(Duration::ofMillis).toArray(Duration[]::new);

    private final RedisClients clients;
    private final RedisConfig config;
    private final MeterRegistry metrics;
    private final VertxInternal vertx;
    private final AtomicInteger next = new AtomicInteger();
    private final List<Runnable> whenConnected = new CopyOnWriteArrayList<>();
    private final List<RedisLink> links = new ArrayList<>();
    private volatile RedisLink[] open = {};
    private volatile boolean outage;

    RedisLinks(RedisClients clients, RedisConfig config, MeterRegistry metrics, Vertx vertx) {
        this.clients = clients;
        this.config = config;
        this.metrics = metrics;
        this.vertx = (VertxInternal) vertx;
    }

    void start(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE) StartupEvent event) {
        Supplier<Redis> factory = clients.factory();
        Listener listener = new Listener();
        Timer calls = Timer.builder("millrace.redis.calls").description("Redis calls that were answered")
                .serviceLevelObjectives(BUCKETS).register(metrics);
        LongConsumer latency = ns -> calls.record(ns, TimeUnit.NANOSECONDS);
        for (EventExecutor loop : vertx.getEventLoopGroup()) {
            ContextInternal context = vertx.createEventLoopContext((EventLoop) loop, null,
                    Thread.currentThread().getContextClassLoader());
            links.add(new RedisLink(context, factory, listener, latency, config.maxInFlight(), config.timeout()));
        }
        open = links.toArray(RedisLink[]::new);
        Gauge.builder("millrace.redis.links.up", this, RedisLinks::up)
                .description("Connections to Redis that are up, of one per event loop").register(metrics);
        Gauge.builder("millrace.redis.links", this, l -> l.open.length)
                .description("Connections to Redis there should be").register(metrics);
        Gauge.builder("millrace.redis.in.flight", this, RedisLinks::inFlight)
                .description("Redis calls waiting for their answer").register(metrics);
        links.forEach(RedisLink::open);
    }

    void stop(@Observes @Priority(Interceptor.Priority.PLATFORM_AFTER) ShutdownEvent event) {
        links.forEach(RedisLink::close);
    }

    /** Runs {@code action} each time a connection has come up, on its event loop. Register before the start. */
    public void whenConnected(Runnable action) {
        whenConnected.add(action);
    }

    /** Whether the keys of one script may have to live on different servers. */
    public boolean isCluster() {
        return clients.endpoint().cluster();
    }

    /**
     * Sends one command when subscribed to, and continues on the caller's Vert.x context. Fails with Redis' error reply
     * or with {@link RedisUnavailableException}, within {@code millrace.redis.timeout}.
     */
    public Uni<Response> send(Request request) {
        return pick().send(request);
    }

    private RedisLink pick() {
        RedisLink own = null;
        for (RedisLink link : open) {
            if (link.isOnItsLoop()) {
                own = link;
                break;
            }
        }
        if (own == null) {
            own = open[Math.floorMod(next.getAndIncrement(), open.length)];
        }
        return own.isUp() ? own : anyUp(own);
    }

    private RedisLink anyUp(RedisLink otherwise) {
        for (RedisLink link : open) {
            if (link.isUp()) {
                return link;
            }
        }
        return otherwise;
    }

    private int up() {
        int up = 0;
        for (RedisLink link : open) {
            up += link.isUp() ? 1 : 0;
        }
        return up;
    }

    private int inFlight() {
        int sum = 0;
        for (RedisLink link : open) {
            sum += link.inFlight();
        }
        return sum;
    }

    /** Says once that Redis is lost and once that it is back, however many connections there are. */
    private final class Listener implements RedisLink.Listener {
        private final Counter lost = Counter.builder("millrace.redis.connections.lost")
                .description("Connections to Redis that broke or could not be opened").register(metrics);

        @Override
        public synchronized void connected(RedisLink link) {
            if (up() == open.length) {
                if (outage) {
                    LOG.info("Redis connection restored");
                } else {
                    LOG.infof("Connected to Redis: %s", clients.endpoint());
                }
                outage = false;
            }
            whenConnected.forEach(Runnable::run);
        }

        @Override
        public synchronized void disconnected(RedisLink link, String cause) {
            lost.increment();
            if (!outage) {
                outage = true;
                LOG.errorf("Redis connection lost (%s): %s", clients.endpoint(), cause);
            }
        }
    }
}
