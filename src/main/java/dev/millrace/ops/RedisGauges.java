package dev.millrace.ops;

import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;

import dev.millrace.redis.link.RedisNodes;
import dev.millrace.redis.link.RedisNodes.Answer;
import dev.millrace.timer.Rounds;

/**
 * {@code millrace_redis_...{node}}: the state of each Redis server, from its INFO every 10 s. A gauge is NaN while the server does not
 * respond, or if its version does not report the field. {@code RedisLinks} logs the outage.
 */
@ApplicationScoped
class RedisGauges {

    /** The latest INFO of one server, from which its gauges are read. */
    private static final class LastInfo {
        private volatile @Nullable InfoFields info;

        double isUp() {
            return info == null ? 0 : 1;
        }

        double value(Function<InfoFields, Number> measure) {
            InfoFields now = info;
            Number value = now == null ? null : measure.apply(now);
            return value == null ? Double.NaN : value.doubleValue();
        }
    }

    private final RedisNodes nodes;
    private final MeterRegistry registry;
    private final Map<String, LastInfo> seen = new ConcurrentHashMap<>();
    private final Map<MultiGauge, ToDoubleFunction<LastInfo>> gauges = new LinkedHashMap<>();

    RedisGauges(RedisNodes nodes, MeterRegistry registry) {
        this.nodes = nodes;
        this.registry = registry;
        gauge("node.up", "Whether Redis responded to INFO", LastInfo::isUp);
        number("memory.used.bytes", "Memory that Redis has allocated", "used_memory");
        number("memory.rss.bytes", "Resident set size of Redis", "used_memory_rss");
        number("memory.max.bytes", "maxmemory of Redis; 0 is unlimited", "maxmemory");
        measure("memory.fragmentation.ratio", "Resident set size divided by allocated memory",
                info -> info.ratio("mem_fragmentation_ratio"));
        number("clients.connected", "Connections to Redis", "connected_clients");
        number("clients.blocked", "Connections that wait in a blocking command", "blocked_clients");
        number("clients.max", "maxclients of Redis", "maxclients");
        number("clients.rejected", "Connections refused because of maxclients since Redis started",
                "rejected_connections");
        number("ops.per.second", "Commands that Redis runs per second", "instantaneous_ops_per_sec");
        number("keys.evicted", "Keys evicted because memory was full, since Redis started", "evicted_keys");
        number("keys.expired", "Keys that expired since Redis started", "expired_keys");
        measure("replicas.online", "Replicas that are online", info -> replication(info).replicasOnline());
        measure("replication.lag.seconds",
                "Time since the slowest replica acknowledged, or since a replica heard from its primary",
                info -> seconds(replication(info).lagMs()));
        measure("replication.lag.bytes", "Bytes that the slowest replica has not acknowledged",
                info -> replication(info).lagBytes());
        measure("replication.link.up", "Whether the link of a replica to its primary is up",
                info -> bit(replication(info).linkUp()));
        number("loading", "Whether Redis is loading its data", "loading");
        number("rdb.last.save.timestamp.seconds", "Time of the last snapshot", "rdb_last_save_time");
        number("rdb.changes", "Changes since the last snapshot", "rdb_changes_since_last_save");
        measure("rdb.ok", "Whether the last snapshot succeeded",
                info -> bit(info.is("rdb_last_bgsave_status", "ok")));
        number("aof.enabled", "Whether there is an append-only file", "aof_enabled");
        measure("aof.write.ok", "Whether the last write to the append-only file succeeded",
                info -> bit(info.is("aof_last_write_status", "ok")));
        measure("aof.rewrite.ok", "Whether the last rewrite of the append-only file succeeded",
                info -> bit(info.is("aof_last_bgrewrite_status", "ok")));
    }

    void start(@Observes StartupEvent event, Rounds rounds,
            @ConfigProperty(name = "millrace.ops.gauges.every", defaultValue = "10s") Duration every) {
        rounds.every(Math.max(1, every.toMillis()), this::refresh);
    }

    private Uni<Void> refresh() {
        return nodes.ask(RedisReports::askInfo).invoke(this::take)
                .onFailure().invoke(() -> seen.values().forEach(node -> node.info = null))
                .onFailure().recoverWithNull().replaceWithVoid();
    }

    private void take(List<Answer<InfoFields>> answers) {
        Set<String> known = new HashSet<>();
        for (Answer<InfoFields> answer : answers) {
            known.add(answer.address());
            seen.computeIfAbsent(answer.address(), address -> new LastInfo()).info = answer.value();
        }
        seen.keySet().retainAll(known);
        gauges.forEach((gauge, value) -> gauge.register(seen.entrySet().stream()
                .<Row<?>>map(node -> Row.of(Tags.of("node", node.getKey()), node.getValue(), value)).toList()));
    }

    private void number(String name, String description, String field) {
        measure(name, description, info -> info.number(field));
    }

    private void measure(String name, String description, Function<InfoFields, Number> measure) {
        gauge(name, description, node -> node.value(measure));
    }

    private void gauge(String name, String description, ToDoubleFunction<LastInfo> value) {
        gauges.put(MultiGauge.builder("millrace.redis." + name).description(description).register(registry), value);
    }

    private static NodeInfo.Replication replication(InfoFields info) {
        return NodeInfo.Replication.of(info);
    }

    private static @Nullable Number seconds(@Nullable Long ms) {
        return ms == null ? null : ms / 1000.0;
    }

    private static @Nullable Number bit(@Nullable Boolean value) {
        return value == null ? null : value ? 1 : 0;
    }
}
