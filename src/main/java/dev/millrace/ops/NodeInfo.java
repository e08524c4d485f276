package dev.millrace.ops;

import java.util.List;
import java.util.Objects;
import java.util.function.Function;

import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonInclude;

import io.quarkus.runtime.annotations.RegisterForReflection;

/** The state of one server. A field is absent if the version of the server does not report it. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "RedisNodeInfo", description = "The state of one server. A field is absent if the version of the server does not report it.")
public record NodeInfo(@Schema(examples = "10.0.0.7:6379") String address, @Nullable NodeError error,
        @Nullable Server server,
        @Nullable Memory memory, @Nullable Clients clients, @Nullable Stats stats, @Nullable Replication replication,
        @Nullable Persistence persistence, @Nullable Cpu cpu) {

    static NodeInfo of(String address, InfoFields info) {
        return new NodeInfo(address, null, Server.of(info), Memory.of(info), Clients.of(info), Stats.of(info),
                Replication.of(info), Persistence.of(info), new Cpu(info.ms("used_cpu_sys"), info.ms("used_cpu_user")));
    }

    static NodeInfo failed(String address, NodeError error) {
        return new NodeInfo(address, error, null, null, null, null, null, null, null);
    }

    /** The software of the server. */
    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "RedisServer")
    public record Server(@Schema(examples = "redis", description = "redis or valkey") String product,
            @Schema(examples = "7.2.4") @Nullable String version,
            @Schema(examples = "standalone", description = "standalone, cluster or sentinel") @Nullable String mode,
            @Schema(examples = "Linux 6.1.0 x86_64") @Nullable String os,
            @Schema(examples = "864000000") @Nullable Long uptimeMs) {

        static Server of(InfoFields info) {
            // Valkey also reports the version of Redis that it is compatible with.
            String valkey = info.text("valkey_version");
            return new Server(valkey == null ? "redis" : "valkey", valkey == null ? info.text("redis_version") : valkey,
                    info.text(info.has("server_mode") ? "server_mode" : "redis_mode"), info.text("os"),
                    info.ms("uptime_in_seconds"));
        }
    }

    /** The memory of the server. */
    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "RedisMemory")
    public record Memory(@Schema(examples = "104857600") @Nullable Long usedBytes,
            @Schema(description = "Highest memory use so far", examples = "125829120") @Nullable Long peakBytes,
            @Schema(description = "Resident set size, as the operating system reports it", examples = "131072000") @Nullable Long rssBytes,
            @Schema(description = "maxmemory; 0 is unlimited", examples = "1073741824") @Nullable Long maxBytes,
            @Schema(description = "maxmemory-policy", examples = "noeviction") @Nullable String policy,
            @Schema(description = "rssBytes divided by usedBytes", examples = "1.25") @Nullable Double fragmentationRatio,
            @Schema(description = "Memory of the machine", examples = "4294967296") @Nullable Long systemBytes) {

        static Memory of(InfoFields info) {
            return new Memory(info.number("used_memory"), info.number("used_memory_peak"),
                    info.number("used_memory_rss"), info.number("maxmemory"), info.text("maxmemory_policy"),
                    info.ratio("mem_fragmentation_ratio"), info.number("total_system_memory"));
        }
    }

    /** The connected clients. */
    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "RedisClients")
    public record Clients(@Schema(examples = "42") @Nullable Long connected,
            @Schema(description = "Clients that wait in a blocking command", examples = "0") @Nullable Long blocked,
            @Schema(description = "maxclients", examples = "10000") @Nullable Long max) {

        static Clients of(InfoFields info) {
            return new Clients(info.number("connected_clients"), info.number("blocked_clients"),
                    info.number("maxclients"));
        }
    }

    /** The load of the server, and totals since its start or since CONFIG RESETSTAT. */
    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "RedisStats", description = "Totals since the server's start, or since CONFIG RESETSTAT")
    public record Stats(@Schema(description = "Commands per second now", examples = "1800") @Nullable Long opsPerSecond,
            @Schema(examples = "90000000") @Nullable Long commands,
            @Schema(examples = "5000") @Nullable Long connections,
            @Schema(description = "Connections refused because of maxclients", examples = "0") @Nullable Long rejectedConnections,
            @Schema(examples = "700000") @Nullable Long keyspaceHits,
            @Schema(examples = "300000") @Nullable Long keyspaceMisses,
            @Schema(examples = "250000") @Nullable Long expiredKeys,
            @Schema(description = "Keys evicted because memory was full. Above 0, limits, sessions and jobs may be lost", examples = "0") @Nullable Long evictedKeys,
            @Schema(examples = "12") @Nullable Long errorReplies) {

        static Stats of(InfoFields info) {
            return new Stats(info.number("instantaneous_ops_per_sec"), info.number("total_commands_processed"),
                    info.number("total_connections_received"), info.number("rejected_connections"),
                    info.number("keyspace_hits"), info.number("keyspace_misses"), info.number("expired_keys"),
                    info.number("evicted_keys"), info.number("total_error_replies"));
        }
    }

    /** The role in replication, and the replicas. */
    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "RedisReplication")
    public record Replication(@Schema(description = "primary or replica", examples = "primary") @Nullable String role,
            @Schema(description = "Bytes of the replication stream so far", examples = "73400320") @Nullable Long offset,
            @Schema(description = "Replicas of a primary") @Nullable List<Replica> replicas,
            @Schema(description = "Primary of a replica") @Nullable Primary primary) {

        static Replication of(InfoFields info) {
            Long offset = info.number("master_repl_offset");
            String role = info.text("role");
            boolean replica = "slave".equals(role) || "replica".equals(role);
            return new Replication(role == null ? null : replica ? "replica" : "primary", offset,
                    role == null ? null : info.list("slave").stream().map(line -> Replica.of(line, offset)).toList(),
                    replica ? Primary.of(info) : null);
        }

        @Nullable
        Long replicasOnline() {
            return replicas == null ? null : replicas.stream().filter(r -> "online".equals(r.state())).count();
        }

        /** Returns the lag of the slowest replica, or of a replica behind its primary; null if there is none. */
        @Nullable
        Long lagMs() {
            return primary != null ? primary.lagMs() : most(Replica::lagMs);
        }

        /** Returns the lag of the slowest replica; null if there is none. */
        @Nullable
        Long lagBytes() {
            return most(Replica::lagBytes);
        }

        @Nullable
        Boolean linkUp() {
            return primary == null ? null : primary.linkUp();
        }

        private @Nullable Long most(Function<Replica, Long> lag) {
            return replicas == null
                    ? null
                    : replicas.stream().map(lag).filter(Objects::nonNull).max(Long::compare).orElse(null);
        }
    }

    /** A replica of this server. */
    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "RedisReplica")
    public record Replica(@Schema(examples = "10.0.0.8:6379") String address,
            @Schema(description = "online, or the progress of its initial synchronization", examples = "online") @Nullable String state,
            @Schema(description = "Time since its last acknowledgement, in steps of 1 s", examples = "0") @Nullable Long lagMs,
            @Schema(description = "Bytes that it has not acknowledged", examples = "128") @Nullable Long lagBytes) {

        static Replica of(InfoFields line, @Nullable Long primaryOffset) {
            Long offset = line.number("offset");
            return new Replica(line.text("ip") + ":" + line.text("port"), line.text("state"), line.ms("lag"),
                    offset == null || primaryOffset == null ? null : Math.max(0, primaryOffset - offset));
        }
    }

    /** The primary of this server. */
    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "RedisPrimary")
    public record Primary(@Schema(examples = "10.0.0.7:6379") String address, @Nullable Boolean linkUp,
            @Schema(description = "Time since its last message, in steps of 1 s", examples = "0") @Nullable Long lagMs,
            @Schema(description = "How long the link has been down; only while it is down") @Nullable Long downMs,
            @Schema(description = "Whether a full synchronization is in progress") @Nullable Boolean syncing) {

        static Primary of(InfoFields info) {
            return new Primary(info.text("master_host") + ":" + info.text("master_port"),
                    info.is("master_link_status", "up"), info.ms("master_last_io_seconds_ago"),
                    info.ms("master_link_down_since_seconds"), info.flag("master_sync_in_progress"));
        }
    }

    /** The state of persistence: what would survive a restart. */
    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "RedisPersistence")
    public record Persistence(
            @Schema(description = "Whether the server is still loading its data and serves no other command") @Nullable Boolean loading,
            Rdb rdb, Aof aof) {

        static Persistence of(InfoFields info) {
            return new Persistence(info.flag("loading"),
                    new Rdb(info.time("rdb_last_save_time"), info.is("rdb_last_bgsave_status", "ok"),
                            info.number("rdb_changes_since_last_save"), info.flag("rdb_bgsave_in_progress")),
                    new Aof(info.flag("aof_enabled"), info.is("aof_last_write_status", "ok"),
                            info.is("aof_last_bgrewrite_status", "ok"), info.flag("aof_rewrite_in_progress"),
                            info.number("aof_current_size")));
        }
    }

    /** Snapshots. */
    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "RedisRdb", description = "Snapshots")
    public record Rdb(
            @Schema(description = "Time of the last snapshot, or of the server's start", examples = "2026-11-24T09:30:00.000Z") @Nullable String lastSaveAt,
            @Nullable Boolean lastSaveOk, @Schema(examples = "1500") @Nullable Long changesSinceSave,
            @Nullable Boolean saving) {}

    /** The append-only file. */
    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "RedisAof", description = "The append-only file")
    public record Aof(@Nullable Boolean enabled, @Nullable Boolean lastWriteOk, @Nullable Boolean lastRewriteOk,
            @Nullable Boolean rewriting,
            @Schema(examples = "52428800") @Nullable Long sizeBytes) {}

    /** CPU time since the server's start. */
    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "RedisCpu", description = "CPU time since the server's start")
    public record Cpu(@Schema(examples = "820000") @Nullable Long systemMs,
            @Schema(examples = "960000") @Nullable Long userMs) {}
}
