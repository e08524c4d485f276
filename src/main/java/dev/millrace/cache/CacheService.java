package dev.millrace.cache;

import static java.util.Objects.requireNonNull;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.concurrent.ThreadLocalRandom;

import jakarta.enterprise.context.ApplicationScoped;

import org.jspecify.annotations.Nullable;

import io.smallrye.mutiny.Uni;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;

import dev.millrace.http.Stopping;
import dev.millrace.http.body.PacedBody;
import dev.millrace.http.problem.ApiException;
import dev.millrace.http.problem.ErrorCode;
import dev.millrace.memory.FairBudget;
import dev.millrace.redis.RedisUnavailableException;

/**
 * A cache that many callers share safely. A value that was computed from old data is never stored after its invalidation: the caller
 * that computes holds a lease, which a delete, a purge or another PUT voids. One caller computes; the others get the old value, wait, or
 * learn when to retry. Purging a region or a tag is the same work for any number of entries. If the record of purges is lost, all
 * entries are hidden, and none becomes visible again.
 *
 * <p>While Redis is unavailable, reads are misses and writes fail.
 */
@ApplicationScoped
public class CacheService {

    static final long MAX_LEASE_MS = 60_000;
    static final long MAX_WAIT_MS = 30_000;
    private static final int TOKEN_BYTES = 16;

    private final CacheStore store;
    private final Regions regions;
    private final Bodies bodies;
    private final LeaseWaiters waiters;
    private final Stopping stopping;
    private final CacheMetrics metrics;
    private final SecureRandom random = new SecureRandom();

    CacheService(CacheStore store, Regions regions, Bodies bodies, LeaseWaiters waiters, Stopping stopping,
            CacheMetrics metrics) {
        this.store = store;
        this.regions = regions;
        this.bodies = bodies;
        this.waiters = waiters;
        this.stopping = stopping;
        this.metrics = metrics;
    }

    /** Reads an entry; null if Redis is unavailable. */
    Uni<ReadResult> get(String tenant, String region, String key, ReadOptions options) {
        long deadline = System.nanoTime() + options.waitMs() * 1_000_000;
        return lookUp(tenant, region, key, options, deadline)
                .onFailure(RedisUnavailableException.class).recoverWithNull()
                .invoke(found -> metrics.read(region, found == null ? null : found.lookup().state()));
    }

    /** The same outcome, null, where Redis is unavailable before the entry can be read. */
    @Nullable
    ReadResult unavailable(String region) {
        metrics.read(region, null);
        return null;
    }

    /** As {@link #get}, but as part of another read, and not counted in the metrics. */
    Uni<ReadResult> peek(String tenant, String region, String key, ReadOptions options) {
        return lookUp(tenant, region, key, options, System.nanoTime())
                .onFailure(RedisUnavailableException.class).recoverWithNull();
    }

    private Uni<ReadResult> lookUp(String tenant, String region, String key, ReadOptions options, long deadline) {
        String token = options.leaseMs() == 0 ? "" : newToken();
        int inline = options.share() == null ? Integer.MAX_VALUE : Bodies.WHOLE;
        LookupParameters parameters = new LookupParameters(
                options.withMaxBody(Math.min(options.maxBody(), inline)), token,
                1 - ThreadLocalRandom.current().nextDouble());
        return store.get(tenant, region, key, parameters).flatMap(lookup -> {
            if (lookup.tooLong() > 0) {
                return large(tenant, region, key, options, lookup.tooLong())
                        .flatMap(large -> large.isHit()
                                ? Uni.createFrom().item(new ReadResult(large, null))
                                : lookUp(tenant, region, key, options, deadline));
            }
            long left = (deadline - System.nanoTime()) / 1_000_000;
            return lookup.state() == EntryState.BUSY && left > 0 && !stopping.hasBegun()
                    ? waiters.await(tenant, region, key, options.variant(), left)
                            .flatMap(gone -> lookUp(tenant, region, key, options, deadline))
                    : Uni.createFrom().item(new ReadResult(lookup, lookup.state() == EntryState.LEASED ? token : null));
        });
    }

    /** Reads an entry again, of which only the length of its body was read, and takes memory for it first. */
    private Uni<Lookup> large(String tenant, String region, String key, ReadOptions options, int bytes) {
        FairBudget.Share share = options.share();
        if (share != null && !share.take(bytes)) {
            throw new ApiException(ErrorCode.OVERLOADED, "The service is busy with large entries: try again");
        }
        LookupParameters parameters = new LookupParameters(options.withLease(0, 0).withMaxBody(bytes), "", 1);
        // It may have been replaced by a longer one.
        return store.get(tenant, region, key, parameters).flatMap(lookup -> lookup.tooLong() > 0
                ? large(tenant, region, key, options, lookup.tooLong())
                : Uni.createFrom().item(lookup));
    }

    /**
     * Stores an entry.
     *
     * @return the entity tag; fails with 409 if the lease is void, 413 if the body is too large
     */
    Uni<String> put(String tenant, String region, String key, WriteRequest w) {
        return regions.get(tenant, region).flatMap(r -> {
            requireSize(w.body(), r);
            long fresh = w.directives().ms("s-maxage",
                    w.directives().ms("max-age", w.nothing() ? r.negativeTtlMs() : r.ttlMs()));
            long swr = w.directives().ms("stale-while-revalidate", w.nothing() ? 0 : r.swrMs());
            long sie = w.directives().ms("stale-if-error", w.nothing() ? 0 : r.sieMs());
            if (w.directives().neverStale()) {
                swr = 0;
                sie = 0;
            }
            if (fresh == 0 && swr == 0 && sie == 0) {
                throw ApiException.invalid("Cache-Control", "must give the entry some time to live");
            }
            String lease = w.leaseToken() == null ? "" : w.leaseToken();
            Variant variant = Variant.of(r, w.fields());
            NewEntry empty = NewEntry.of(PreparedBody.nothing(), w.type()).withLifetime(jittered(fresh, r), swr, sie)
                    .withTags(w.tags()).withLease(lease).withConditions(w.conditions()).withListed(r.listKeys())
                    .withVariant(variant.id(r)).withHead(w.nothing() ? "" : Variant.head(r).encode(), 0, 0);
            return prepared(w, r).flatMap(body -> store.put(tenant, region, key, empty.withBody(body))
                    .map(stored -> {
                        metrics.written(region, stored == StoreCode.DONE);
                        return switch (stored) {
                            case DONE -> body.etag();
                            case UNMET -> throw unmet("stored");
                            case FULL -> throw new ApiException(ErrorCode.VARIANT_LIMIT,
                                    "Delete the key, or wait until one of its variants expires: nothing was stored");
                            case VOID, NOTHING_TO_KEEP -> throw new ApiException(ErrorCode.LEASE_VOID,
                                    "The entry was deleted, purged or stored in the meantime, "
                                            + "or the lease has expired: nothing was stored");
                        };
                    }));
        });
    }

    static long jittered(long freshMs, Region region) {
        return freshMs == 0 ? 0 : region.jittered(freshMs, ThreadLocalRandom.current().nextDouble());
    }

    private Uni<PreparedBody> prepared(WriteRequest w, Region region) {
        return w.nothing()
                ? Uni.createFrom().item(PreparedBody.nothing())
                : bodies.prepare(w.body(), w.type(), w.gzip(),
                        w.directives().has("no-transform") ? Integer.MAX_VALUE : region.compressAbove());
    }

    private static void requireSize(byte[] body, Region region) {
        if (body.length > region.maxValueBytes()) {
            throw new ApiException(ErrorCode.TOO_LARGE,
                    "The body must have at most " + region.maxValueBytes() + " bytes in this region");
        }
    }

    /**
     * Returns a body in a coding that the caller accepts: bytes, or a {@link PacedBody} of a large one.
     *
     * @param owner the id of the API key that reads
     * @throws ApiException 503 if as many bodies are being inflated as may be
     */
    Object readable(Buffer body, boolean gzip, boolean takesGzip, String owner) {
        if (gzip && !takesGzip) {
            return bodies.inflated(body, owner);
        }
        return body.length() > Bodies.WHOLE ? PacedBody.of(body) : body.getBytes();
    }

    /** Returns the body of a lookup, inflated; null if that has more than {@code max} bytes. */
    Uni<byte @Nullable []> readableUpTo(Lookup lookup, int max) {
        Buffer body = requireNonNull(lookup.body());
        if (lookup.coding() == BodyCoding.GZIP) {
            return bodies.inflatedUpTo(body, max);
        }
        return Uni.createFrom().item(body.length() > max ? null : body.getBytes());
    }

    /** Fails with {@link ApiException} if a body is not gzip, or inflates beyond the bound. */
    Uni<Void> check(Buffer gzip) {
        return bodies.check(gzip);
    }

    private static ApiException unmet(String what) {
        return new ApiException(ErrorCode.PRECONDITION_FAILED,
                "The present entry does not meet If-Match or If-None-Match: nothing was " + what);
    }

    /**
     * Deletes an entry with all its variants, and voids the leases of callers that compute them; fails with 412 if a precondition is not
     * met.
     *
     * @param fields header fields of the request: the preconditions are about the variant that they select
     */
    Uni<Void> delete(String tenant, String region, String key, Preconditions conditions, MultiMap fields) {
        Uni<String> variant = conditions.isEmpty()
                ? Uni.createFrom().item("")
                : regions.get(tenant, region).map(r -> Variant.of(r, fields).id(r));
        return variant.flatMap(id -> store.delete(tenant, region, key, conditions, id)).map(code -> switch (code) {
            case DELETED -> null;
            case UNMET -> throw unmet("deleted");
        });
    }

    /** Gives a lease back, so that another caller can compute the entry, which stays; fails with 409 if the lease is void. */
    Uni<Void> giveBack(String tenant, String region, String key, String leaseToken) {
        // Of a region with variants no caller has one.
        return store.release(tenant, region, key, "", leaseToken, Release.SILENT).map(valid -> {
            if (!valid) {
                throw new ApiException(ErrorCode.LEASE_VOID,
                        "The entry was deleted or stored in the meantime, or the lease has expired: there is nothing to give back");
            }
            return null;
        });
    }

    /** Hides all present entries of a region. */
    Uni<Void> purgeRegion(String tenant, String region) {
        return store.purgeRegion(tenant, region);
    }

    /** Hides all present entries of a region with a tag. */
    Uni<Void> purgeTag(String tenant, String region, String tag) {
        return store.purgeTag(tenant, region, tag);
    }

    private String newToken() {
        byte[] token = new byte[TOKEN_BYTES];
        random.nextBytes(token);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(token);
    }
}
