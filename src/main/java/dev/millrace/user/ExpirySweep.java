package dev.millrace.user;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import org.jboss.logging.Logger;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.redis.datasource.ReactiveRedisDataSource;
import io.quarkus.redis.datasource.value.ReactiveValueCommands;
import io.quarkus.redis.datasource.value.SetArgs;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;

import dev.millrace.auth.ApiKeys;
import dev.millrace.redis.Keys;
import dev.millrace.redis.RedisTopology;
import dev.millrace.redis.RedisUnavailableException;

/**
 * Removes expired records and emits their events, once a second per tenant. A late sweep is harmless, because every call treats an
 * expired record as unknown. The sweep reads a set of due records. Keyspace notifications of Redis would be lost while no replica
 * listens. So every expiry emits an event, late if no replica was running.
 *
 * <p>Replicas take turns: a replica does nothing if another one has the turn. If two sweep at the same time, the result is the same,
 * because each step is an atomic script that does nothing the second time.
 */
@ApplicationScoped
class ExpirySweep {

    private static final Logger LOG = Logger.getLogger(ExpirySweep.class);
    private static final long PERIOD_MS = 1000;
    /** A little shorter than the period, so that the replica that had the turn can take the next one. */
    private static final long TURN_MS = 900;
    private static final int OWNERS_PER_PARTITION = 20;
    private static final int RECORDS_PER_OWNER = 100;
    /** Maximum number of concurrent scripts. */
    private static final int CONCURRENCY = 16;
    /** Maximum number of rounds in one turn. The rest waits for the next turn. */
    private static final int MAX_ROUNDS = 50;

    private final Vertx vertx;
    private final ApiKeys keys;
    private final ReactiveValueCommands<String, String> turns;
    private final RedisTopology topology;
    private final UserRecords records;
    private final Counter expired;
    private final AtomicBoolean running = new AtomicBoolean();
    private volatile boolean failing;
    private long timer;

    ExpirySweep(Vertx vertx, ApiKeys keys, ReactiveRedisDataSource redis, RedisTopology topology,
            UserRecords records, MeterRegistry metrics) {
        this.vertx = vertx;
        this.keys = keys;
        this.turns = redis.value(String.class);
        this.topology = topology;
        this.records = records;
        this.expired = Counter.builder("millrace.session.expired")
                .description("Sessions and families of refresh tokens that expired").register(metrics);
    }

    void start(@Observes StartupEvent event) {
        timer = vertx.setPeriodic(PERIOD_MS, t -> sweep());
    }

    void stop(@Observes ShutdownEvent event) {
        vertx.cancelTimer(timer);
    }

    private void sweep() {
        if (running.compareAndSet(false, true)) {
            AtomicInteger failures = new AtomicInteger();
            Multi.createFrom().iterable(keys.tenants())
                    .onItem().transformToUniAndConcatenate(tenant -> sweepInTurn(tenant)
                            .onFailure().invoke(failures::incrementAndGet).onFailure().invoke(this::report)
                            .onFailure().recoverWithNull())
                    .onTermination().invoke(() -> running.set(false))
                    .subscribe().with(swept -> {}, this::report, () -> failing &= failures.get() > 0);
        }
    }

    /** Logs a failure once, because it may recur every second. An outage of Redis is logged by its connections. */
    private void report(Throwable failure) {
        if (!failing && !(failure instanceof RedisUnavailableException)) {
            failing = true;
            LOG.error("Cannot remove expired sessions and refresh tokens and emit their events", failure);
        }
    }

    private Uni<Void> sweepInTurn(String tenant) {
        return turns.setAndChanged(Keys.sweepTurn(tenant), "1", new SetArgs().nx().px(TURN_MS))
                .flatMap(taken -> taken ? sweep(tenant, 1) : Uni.createFrom().voidItem());
    }

    /** Runs one round; another one follows at once if a partition has more. */
    private Uni<Void> sweep(String tenant, int round) {
        return dueOwners(tenant).flatMap(owners -> Multi.createFrom().iterable(owners)
                .onItem().transformToUni(owner -> records.expire(owner, RECORDS_PER_OWNER)).collectFailures()
                .merge(CONCURRENCY)
                .invoke(n -> expired.increment(n))
                .onItem().ignoreAsUni()
                .flatMap(done -> owners.isEmpty() || round == MAX_ROUNDS
                        ? Uni.createFrom().voidItem()
                        : sweep(tenant, round + 1)));
    }

    private Uni<List<Owner>> dueOwners(String tenant) {
        List<Integer> all = IntStream.range(0, UserKey.PARTITIONS).boxed().toList();
        if (!topology.isCluster()) {
            return records.due(tenant, all, OWNERS_PER_PARTITION);
        }
        return Multi.createFrom().iterable(all)
                .onItem().transformToUni(p -> records.due(tenant, List.of(p), OWNERS_PER_PARTITION))
                .merge(CONCURRENCY).collect().in(ArrayList::new, List::addAll);
    }
}
