package dev.millrace.user;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import jakarta.inject.Singleton;

import io.quarkus.redis.datasource.ReactiveRedisDataSource;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Response;

import dev.millrace.redis.RedisTopology;
import dev.millrace.redis.Script;
import dev.millrace.redis.ScriptRunner;

/**
 * Reads the events of a tenant's sessions and refresh tokens. The scripts that make a change write the event in the same step, to
 * the stream of the partition. This class merges the streams (docs/adr/0006-events-in-one-order.md).
 */
@Singleton
public class UserEvents {

    /**
     * The events of several streams.
     *
     * @param now the server's clock, ms
     * @param byPartition in order; without streams that have no events
     */
    record StreamEvents(long now, Map<Integer, List<UserEvent>> byPartition) {}

    /** Number of events to read from each partition at once. */
    private static final int MAX_PER_STREAM = 50;
    /** By how much the clocks of a cluster may differ. */
    private static final long CLUSTER_TOLERANCE_MS = 2000;
    /** Maximum number of concurrent scripts, on a cluster. */
    private static final int CONCURRENCY = 16;

    private final ReactiveRedisDataSource redis;
    private final RedisTopology topology;
    private final ScriptRunner scripts;
    private final Script events;

    UserEvents(ReactiveRedisDataSource redis, RedisTopology topology, ScriptRunner scripts) {
        this.topology = topology;
        this.redis = redis;
        this.scripts = scripts;
        this.events = scripts.get("user/events-N");
    }

    /** Returns the position that precedes only future events. */
    public Uni<EventPosition> now() {
        return redis.execute(Command.TIME)
                .map(time -> EventPosition.before(time.get(0).toLong() * 1000 + time.get(1).toLong() / 1000));
    }

    /** Returns the events after a position; if Redis' clock was set back behind it, only an earlier position to continue from. */
    public Uni<EventBatch> read(String tenant, EventPosition after) {
        EventMerger merge = new EventMerger(MAX_PER_STREAM, after,
                topology.isCluster() ? CLUSTER_TOLERANCE_MS : 0);
        Uni<?> read = topology.isCluster()
                ? Multi.createFrom().range(0, UserKey.PARTITIONS)
                        .onItem().transformToUni(p -> read(tenant, p, p + 1, after, merge)).merge(CONCURRENCY)
                        .onItem().ignoreAsUni()
                : read(tenant, 0, UserKey.PARTITIONS, after, merge);
        return read.map(done -> merge.batch());
    }

    private Uni<StreamEvents> read(String tenant, int from, int to, EventPosition after, EventMerger merge) {
        return read(tenant, from, to, after, MAX_PER_STREAM).invoke(read -> {
            merge.clock(read.now());
            read.byPartition().values().forEach(merge::stream);
        });
    }

    /** Reads up to {@code most} events after a position from each of the partitions; on a cluster, from one partition. */
    Uni<StreamEvents> read(String tenant, int from, int to, EventPosition after, int most) {
        List<String> streams = IntStream.range(from, to).mapToObj(p -> Owner.events(tenant, p)).toList();
        return scripts.run(events, streams, List.of(Integer.toString(from), Long.toString(after.ms()),
                Integer.toString(after.partition()), Long.toString(after.number()), Integer.toString(most)))
                .map(UserEvents::streamEvents);
    }

    private static StreamEvents streamEvents(Response reply) {
        Map<Integer, List<UserEvent>> byPartition = new LinkedHashMap<>();
        for (int i = 1; i < reply.size(); i += 2) {
            int partition = reply.get(i).toInteger();
            List<UserEvent> events = new ArrayList<>();
            reply.get(i + 1).forEach(entry -> events.add(UserEvent.of(partition, entry)));
            byPartition.put(partition, events);
        }
        return new StreamEvents(reply.get(0).toLong(), byPartition);
    }
}
