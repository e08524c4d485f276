package dev.millrace.cache;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

import jakarta.enterprise.context.ApplicationScoped;

import io.smallrye.mutiny.Uni;
import io.vertx.core.buffer.Buffer;

import dev.millrace.cache.CacheStore.Entry;
import dev.millrace.cache.CacheStore.Question;
import dev.millrace.cache.CacheStore.Stored;
import dev.millrace.cache.Lookup.Coding;
import dev.millrace.cache.Lookup.What;
import dev.millrace.http.Stopping;
import dev.millrace.http.problem.ApiException;
import dev.millrace.http.problem.ErrorCode;
import dev.millrace.redis.RedisUnavailableException;

/**
 * A cache that many callers share without harm. A value that was computed from old data is never stored over its
 * invalidation: whoever computes holds a lease, which a delete, a purge or another fill voids. One computes, the others are
 * given the old value, wait, or are told when to come back. Purging a region or a tag takes the same work however many entries
 * it hides; what hides them, if lost, hides everything, and never brings anything back.
 *
 * <p>While Redis is away reads are misses, and writes fail.
 */
@ApplicationScoped
public class CacheService {

    static final long MAX_LEASE_MS = 60_000;
    static final long MAX_WAIT_MS = 30_000;
    private static final int TOKEN_BYTES = 16;

    /** How to look an entry up. {@code leaseMs} 0 asks for none; {@code etags} as in {@link Question}. */
    record Reading(long leaseMs, long waitMs, boolean onError, String etags, boolean body) {}

    /** What was found. {@code leaseToken} only where it is LEASED. */
    record Found(Lookup lookup, String leaseToken) {}

    /** What to store. {@code leaseToken} null for none, {@code gzip} whether the body came compressed. */
    record Writing(Buffer body, String type, boolean gzip, boolean nothing, CacheDirectives directives,
            List<String> tags,
            String leaseToken) {}

    private final CacheStore store;
    private final Regions regions;
    private final Bodies bodies;
    private final Fills fills;
    private final Stopping stopping;
    private final CacheMetrics metrics;
    private final SecureRandom random = new SecureRandom();

    CacheService(CacheStore store, Regions regions, Bodies bodies, Fills fills, Stopping stopping,
            CacheMetrics metrics) {
        this.store = store;
        this.regions = regions;
        this.bodies = bodies;
        this.fills = fills;
        this.stopping = stopping;
        this.metrics = metrics;
    }

    /** Looks an entry up; null where Redis is away. */
    Uni<Found> get(String tenant, String region, String key, Reading reading) {
        long deadline = System.nanoTime() + reading.waitMs() * 1_000_000;
        return lookUp(tenant, region, key, reading, deadline)
                .onFailure(RedisUnavailableException.class).recoverWithNull()
                .invoke(found -> metrics.read(region, found == null ? null : found.lookup().what()));
    }

    /** As {@link #get}, but part of another read, and not counted as one. */
    Uni<Found> look(String tenant, String region, String key, Reading reading) {
        return lookUp(tenant, region, key, reading, System.nanoTime())
                .onFailure(RedisUnavailableException.class).recoverWithNull();
    }

    private Uni<Found> lookUp(String tenant, String region, String key, Reading reading, long deadline) {
        String token = reading.leaseMs() == 0 ? "" : newToken();
        Question question = new Question(token, reading.leaseMs(), 1 - ThreadLocalRandom.current().nextDouble(),
                reading.onError(), reading.etags(), reading.body());
        return store.get(tenant, region, key, question).flatMap(lookup -> {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            return lookup.what() == What.BUSY && left > 0 && !stopping.hasBegun()
                    ? fills.await(tenant, region, key, left)
                            .flatMap(gone -> lookUp(tenant, region, key, reading, deadline))
                    : Uni.createFrom().item(new Found(lookup, lookup.what() == What.LEASED ? token : null));
        });
    }

    /**
     * Stores an entry.
     *
     * @return its entity tag; fails with 409 if its lease is void, 413 if it is too large
     */
    Uni<String> put(String tenant, String region, String key, Writing w) {
        return regions.get(tenant, region).flatMap(r -> {
            requireSize(w.body(), r);
            long fresh = w.directives().ms("s-maxage",
                    w.directives().ms("max-age", w.nothing() ? r.negativeTtlMs() : r.ttlMs()));
            long swr = w.directives().ms("stale-while-revalidate", w.nothing() ? 0 : r.swrMs());
            long sie = w.directives().ms("stale-if-error", w.nothing() ? 0 : r.sieMs());
            if (fresh == 0 && swr == 0 && sie == 0) {
                throw ApiException.invalid("Cache-Control", "must let the entry live for some time");
            }
            String lease = w.leaseToken() == null ? "" : w.leaseToken();
            return prepared(w, r).flatMap(p -> store.put(tenant, region, key, new Entry(lease, w.tags(), w.type(),
                    p.coding(), p.etag(), jittered(fresh, r), swr, sie, "", p.body())).map(stored -> {
                        metrics.written(region, stored == Stored.DONE);
                        if (stored != Stored.DONE) {
                            throw new ApiException(ErrorCode.LEASE_VOID,
                                    "The entry was deleted, purged or filled since, "
                                            + "or the lease has ended: nothing was stored");
                        }
                        return p.etag();
                    }));
        });
    }

    static long jittered(long freshMs, Region region) {
        return freshMs == 0 ? 0 : region.jittered(freshMs, ThreadLocalRandom.current().nextDouble());
    }

    private Uni<Bodies.Prepared> prepared(Writing w, Region region) {
        return w.nothing()
                ? Uni.createFrom().item(Bodies.Prepared.nothing())
                : bodies.prepare(w.body(), w.type(), w.gzip(), region.compressAbove());
    }

    private static void requireSize(Buffer body, Region region) {
        if (body.length() > region.maxValueBytes()) {
            throw new ApiException(ErrorCode.TOO_LARGE,
                    "The region takes at most " + region.maxValueBytes() + " bytes");
        }
    }

    /** The body of a lookup as the caller can read it. */
    Uni<Buffer> readable(Lookup lookup, boolean takesGzip) {
        return lookup.coding() == Coding.GZIP && !takesGzip && lookup.body() != null
                ? bodies.inflated(lookup.body())
                : Uni.createFrom().item(lookup.body());
    }

    /** A body that came compressed, inflated. */
    Uni<Buffer> inflated(Buffer body) {
        return bodies.inflated(body);
    }

    /** Forgets an entry, and voids the lease of whoever computes it. */
    Uni<Void> delete(String tenant, String region, String key) {
        return store.delete(tenant, region, key);
    }

    /** Hides all entries of a region that are there now. */
    Uni<Void> purgeRegion(String tenant, String region) {
        return store.purgeRegion(tenant, region);
    }

    /** Hides all entries of a region with a tag that are there now. */
    Uni<Void> purgeTag(String tenant, String region, String tag) {
        return store.purgeTag(tenant, region, tag);
    }

    private String newToken() {
        byte[] token = new byte[TOKEN_BYTES];
        random.nextBytes(token);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(token);
    }
}
