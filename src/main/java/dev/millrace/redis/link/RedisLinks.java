package dev.millrace.redis.link;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import java.util.stream.LongStream;

import jakarta.annotation.Priority;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import jakarta.interceptor.Interceptor;

import org.jspecify.annotations.Nullable;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import io.vertx.core.impl.VertxInternal;
import io.vertx.redis.client.Redis;

import dev.millrace.metrics.Gauges;
import dev.millrace.redis.EventLoop;
import dev.millrace.redis.RedisConfig;
import dev.millrace.redis.RedisConnected;
import dev.millrace.redis.RedisRefusal;

/**
 * Holds the connections under the data source: one {@link RedisLink} per event loop, so that a request talks to Redis on the thread that
 * serves it, and two threads never contend for a connection. Opens them at start, closes them at the end, logs and counts their loss.
 */
@Singleton
public class RedisLinks {

    private static final Duration[] BUCKETS = LongStream.of(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
            .mapToObj(Duration::ofMillis).toArray(Duration[]::new);

    private final RedisClients clients;
    private final Gauges gauges;
    private final Event<RedisConnected> connected;
    private final LinkSet links;
    private final LinkedRedis redis;

    RedisLinks(RedisClients clients, RedisConfig config, MeterRegistry metrics, Gauges gauges,
            Event<RedisConnected> connected, Vertx vertx) {
        this.clients = clients;
        this.gauges = gauges;
        this.connected = connected;
        Supplier<Redis> factory = clients.factory();
        Timer calls = Timer.builder("millrace.redis.calls").description("Redis calls that were answered")
                .serviceLevelObjectives(BUCKETS).register(metrics);
        LongConsumer latency = ns -> calls.record(ns, TimeUnit.NANOSECONDS);
        VertxInternal internal = (VertxInternal) vertx;
        this.links = new LinkSet(internal, factory, new Listener(metrics, vertx), latency, config.maxInFlight(),
                config.timeout());
        this.redis = new LinkedRedis(links, factory, internal, config.timeout());
    }

    void start(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE) StartupEvent event) {
        gauges.add("millrace.redis.links.up", "Connections to Redis that are up, of one per event loop", links,
                LinkSet::up);
        gauges.add("millrace.redis.links", "Connections to Redis there should be", links, LinkSet::size);
        gauges.add("millrace.redis.in.flight", "Redis calls waiting for their answer", links, LinkSet::inFlight);
        links.open();
    }

    void stop(@Observes @Priority(Interceptor.Priority.PLATFORM_AFTER) ShutdownEvent event) {
        links.close();
    }

    /** The links as a Vert.x client. */
    Redis redis() {
        return redis;
    }

    private final class Listener implements LinkListener {
        private final ConnectionLog log = new ConnectionLog("Redis", clients.endpoint());
        private final RefusalLog refusals;
        private final Counter lost;

        Listener(MeterRegistry metrics, Vertx vertx) {
            this.refusals = new RefusalLog("Redis", EventLoop.next(vertx), RefusalLog.QUIET);
            this.lost = Counter.builder("millrace.redis.connections.lost")
                    .description("Connections to Redis that broke or could not be opened").register(metrics);
        }

        @Override
        public void connected(RedisLink link) {
            log.connected(links.up() == links.size());
            connected.fire(new RedisConnected());
        }

        @Override
        public void disconnected(RedisLink link, String cause, @Nullable RedisRefusal refusal) {
            lost.increment();
            log.disconnected(cause, refusal);
        }

        @Override
        public void refused(RedisRefusal refusal, String reply) {
            refusals.refused(refusal, reply);
        }
    }
}
