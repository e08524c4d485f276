package dev.millrace.cache;

import java.util.List;
import java.util.Locale;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;

import io.quarkus.redis.datasource.ReactiveRedisDataSource;
import io.quarkus.redis.datasource.value.ReactiveValueCommands;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.ResponseType;

import dev.millrace.redis.Keys;
import dev.millrace.redis.RedisTopology;
import dev.millrace.redis.ReplyCodes;
import dev.millrace.redis.Script;
import dev.millrace.redis.ScriptRunner;

/**
 * Entries in Redis. They are spread over partitions. Each partition has a record of its purges beside its entries, so that one script
 * sees whether an entry is still valid. A purge is one step per partition. A single server has one partition.
 */
@Singleton
class CacheStore {

    static final String FEATURE = "c";
    /** Begins a reason why no caller computes an entry. */
    private static final String FAILED = "failed";
    private static final String PASS = "pass";
    /** Of one key, by the header fields of requests. */
    static final int MAX_VARIANTS = 16;
    private static final int CLUSTER_PARTITIONS = 256;
    /** Purged regions and tags in a partition's record. */
    private static final int MAX_PURGES = 10_000;
    private static final int CONCURRENCY = 32;
    /** Keys of a region that are listed, if they are spread evenly; and in one partition at least. */
    private static final int MAX_LISTED = 100_000;
    private static final int MIN_LISTED = 1000;

    private static final ReplyCodes<EntryState> STATES = ReplyCodes.of(EntryState.class);
    private static final ReplyCodes<DeleteCode> DELETE_CODES = ReplyCodes.of(DeleteCode.class);
    private static final ReplyCodes<StoreCode> STORE_CODES = ReplyCodes.of(StoreCode.class);

    private final ReactiveValueCommands<String, String> values;
    private final RedisTopology topology;
    private final ScriptRunner scripts;
    private final String maxPurges;
    private final Script put;
    private final Script get;
    private final Script delete;
    private final Script purge;
    private final Script release;
    private final Script leased;

    @Inject
    CacheStore(ReactiveRedisDataSource redis, RedisTopology topology, ScriptRunner scripts) {
        this(redis, topology, scripts, MAX_PURGES);
    }

    CacheStore(ReactiveRedisDataSource redis, RedisTopology topology, ScriptRunner scripts, int maxPurges) {
        this.values = redis.value(String.class);
        this.topology = topology;
        this.scripts = scripts;
        this.maxPurges = Integer.toString(maxPurges);
        this.put = scripts.get("cache/put-4");
        this.get = scripts.get("cache/get-3");
        this.delete = scripts.get("cache/delete-5");
        this.purge = scripts.get("cache/purge-2");
        this.release = scripts.get("cache/release-2");
        this.leased = scripts.get("cache/leased-1");
    }

    Uni<Lookup> get(String tenant, String region, String key, LookupParameters p) {
        ReadOptions o = p.options();
        return scripts.run(get, keys(tenant, region, key, o.variant()).subList(0, 3),
                List.of(region, p.leaseToken(), Long.toString(o.leaseMs()),
                        String.format(Locale.ROOT, "%.9f", p.luck()),
                        o.onError() ? "1" : "0", o.etags(), Integer.toString(o.maxBody()), o.variant()))
                .map(CacheStore::lookup);
    }

    private static Lookup lookup(Response reply) {
        EntryState state = STATES.read(reply.get(0));
        long ms = reply.get(1).toLong();
        if (reply.size() <= 5) {
            return Lookup.none(state, ms, reply.size() > 2 ? reply.get(2).toString() : "",
                    reply.size() > 3 ? reply.get(3).toString() : "", reply.size() > 4 && reply.get(4).toInteger() == 1);
        }
        Response body = reply.size() > 8 ? reply.get(8) : null;
        boolean tooLong = body != null && body.type() == ResponseType.NUMBER;
        return new Lookup(state, ms, reply.get(2).toLong(), reply.get(3).toLong(), reply.get(4).toString(),
                BodyCoding.of(reply.get(5).toString()), reply.get(6).toString(), reply.get(7).toString(),
                body == null || tooLong ? null : body.toBuffer(), body != null && tooLong ? body.toInteger() : 0, "");
    }

    /** Stores an entry. */
    Uni<StoreCode> put(String tenant, String region, String key, NewEntry e) {
        return scripts.run(put, keys(tenant, region, key, e.variant()),
                List.of(region, e.leaseToken(), String.join("\n", e.tags()), e.type(), e.body().coding().id(),
                        e.body().etag(),
                        Long.toString(e.freshMs()), Long.toString(e.swrMs()), Long.toString(e.sieMs()),
                        e.leaseToken().isEmpty() ? "0" : "-1", e.origin(), e.head(), Long.toString(e.ageMs()),
                        Long.toString(e.keepMs()), e.variant(), Integer.toString(MAX_VARIANTS),
                        e.conditions().match(), e.conditions().none(), key,
                        Integer.toString(e.listed() ? maxListed() : 0)),
                e.body().body()).map(STORE_CODES::read);
    }

    /** Deletes an entry with all its variants, and voids all their leases, if this variant meets the conditions. */
    Uni<DeleteCode> delete(String tenant, String region, String key, Preconditions conditions, String variant) {
        return scripts.run(delete, Keys.cacheEntry(tenant, partitions(), region, key),
                List.of(region, conditions.match(), conditions.none(), key, variant)).map(DELETE_CODES::read);
    }

    /** Whether a caller computes the variant of an entry. */
    Uni<Boolean> isLeased(String tenant, String region, String key, String variant) {
        String name = keys(tenant, region, key, variant).get(1);
        if (!variant.isEmpty()) {
            return scripts.run(leased, List.of(name), List.of(variant)).map(ReplyCodes::flag);
        }
        return values.get(name)
                .map(lease -> lease != null && !PASS.equals(lease) && !FAILED.equals(lease)
                        && !lease.startsWith(FAILED + ':'));
    }

    /**
     * Gives up the lease of a variant without an entry, and records why. Returns whether it was valid.
     *
     * @param leaseToken {@link Release#PASSING} for a caller that has none, since the entry must not be stored
     */
    Uni<Boolean> release(String tenant, String region, String key, String variant, String leaseToken, Release why) {
        String reason = why.pass() ? PASS : why.status() == 0 ? FAILED : FAILED + ':' + why.status();
        return scripts.run(release, keys(tenant, region, key, variant).subList(0, 2),
                List.of(leaseToken, reason, Long.toString(why.ms()), why.drop() ? "1" : "0", variant))
                .map(ReplyCodes::flag);
    }

    Uni<Void> purgeRegion(String tenant, String region) {
        return purge(tenant, region, "g:" + region, true);
    }

    Uni<Void> purgeTag(String tenant, String region, String tag) {
        return purge(tenant, region, "t:" + region + ':' + tag, false);
    }

    private Uni<Void> purge(String tenant, String region, String member, boolean whole) {
        return Multi.createFrom().range(0, partitions())
                .onItem().transformToUni(
                        p -> scripts.run(purge,
                                List.of(Keys.cacheVersions(tenant, p), Keys.cacheIndex(tenant, p, region)),
                                List.of(member, maxPurges, whole ? "1" : "0")))
                .merge(CONCURRENCY).onItem().ignoreAsUni();
    }

    /** The keys of the entry, the lease of the variant, the partition's record of purges, and the index of the region there. */
    private List<String> keys(String tenant, String region, String key, String variant) {
        List<String> all = Keys.cacheEntry(tenant, partitions(), region, key);
        return variant.isEmpty() ? all.subList(0, 4) : List.of(all.get(0), all.get(4), all.get(2), all.get(3));
    }

    /** The key in Redis of an entry. */
    String entryKey(String tenant, String region, String key) {
        return Keys.cacheEntry(tenant, partitions(), region, key).get(0);
    }

    /** Keys of a region that the index of one partition has at most. */
    private int maxListed() {
        return Math.max(MIN_LISTED, MAX_LISTED / partitions());
    }

    /** Number of partitions of a tenant's entries. */
    int partitions() {
        return topology.isCluster() ? CLUSTER_PARTITIONS : 1;
    }
}
