package dev.millrace.cache;

import java.net.URI;
import java.util.List;

import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;

import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.mutiny.Uni;
import io.vertx.core.buffer.Buffer;

import dev.millrace.cache.CacheService.Found;
import dev.millrace.cache.CacheService.Reading;
import dev.millrace.cache.CacheStore.Entry;
import dev.millrace.cache.CacheStore.Stored;
import dev.millrace.cache.Lookup.Coding;
import dev.millrace.cache.Lookup.What;
import dev.millrace.http.ApiException;
import dev.millrace.http.ErrorCode;

/**
 * Reads of regions with an origin. Of all replicas one asks the origin for a key at a time; the others wait for what it
 * stores. While something stale may be served it is, and the origin is asked behind the caller's back. If the origin fails,
 * what may be served on error is; and for a second nobody asks it again for that key.
 */
@ApplicationScoped
public class ReadThrough {

    private static final long FAILED_MS = 1000;
    private static final long PASS_MS = 10_000;
    /** The lease outlives the exchange and the storing. */
    private static final long MARGIN_MS = 3000;

    /**
     * What to answer with: an entry of the cache, or an answer of the origin that was not stored.
     *
     * @param asked the origin's status, if this caller asked it; else 0
     */
    record Outcome(Found found, OriginAnswer passed, int asked) {

        static Outcome passed(OriginAnswer answer) {
            return new Outcome(null, answer, answer.status());
        }
    }

    private final CacheService cache;
    private final CacheStore store;
    private final OriginClient origins;
    private final Bodies bodies;
    private final long timeoutMs;

    ReadThrough(CacheService cache, CacheStore store, OriginClient origins, Bodies bodies, CacheConfig config) {
        this.cache = cache;
        this.store = store;
        this.origins = origins;
        this.bodies = bodies;
        this.timeoutMs = config.origin().timeout().toMillis();
    }

    void start(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE - 2) StartupEvent event) {
        if (timeoutMs < 1 || timeoutMs > 25_000) {
            throw new ConfigurationException("millrace.cache.origin.timeout must be between 1 ms and 25 s");
        }
    }

    /** Reads a key of a region that has an origin. */
    Uni<Outcome> get(String tenant, String region, String key, Region settings, Reading asked) {
        Target target = new Target(tenant, region, key, settings, settings.origin().of(key));
        if (target.url() == null) {
            throw ApiException.invalid("key", "must not be . or .. in a region with an origin");
        }
        long lease = timeoutMs + MARGIN_MS;
        Reading reading = new Reading(lease, lease, asked.onError(), asked.etags(), asked.body());
        return cache.get(tenant, region, key, reading).flatMap(found -> {
            if (found == null || found.lookup().isHit()) {
                return item(found);
            }
            return switch (found.lookup().what()) {
                case LEASED -> leased(target, found, reading);
                case PASS -> origins.get(target.url(), "", settings.maxValueBytes())
                        .flatMap(answer -> answer.kind() == OriginAnswer.Kind.FAILED
                                ? failed(target, reading, answer.failure())
                                : Uni.createFrom().item(Outcome.passed(answer)));
                case FAILED -> failed(target, reading, "it failed a moment ago");
                default -> failed(target, reading, "another caller has been waiting for it too long");
            };
        });
    }

    private record Target(String tenant, String region, String key, Region settings, URI url) {}

    /** This caller is to ask. If there is something to serve meanwhile, nobody waits for the answer. */
    private Uni<Outcome> leased(Target t, Found found, Reading reading) {
        return again(t, reading, false).flatMap(stale -> {
            Uni<Outcome> asked = ask(t, found.leaseToken(), found.lookup().origin(), reading);
            if (stale != null && stale.lookup().isHit()) {
                asked.subscribe().with(done -> {}, failure -> {
                    // The caller has his answer; who comes after the stale time is over is told.
                });
                return item(stale);
            }
            return asked;
        });
    }

    private Uni<Outcome> ask(Target t, String lease, String etag, Reading reading) {
        return origins.get(t.url(), etag, t.settings().maxValueBytes()).flatMap(answer -> switch (answer.kind()) {
            case FAILED -> store.release(t.tenant(), t.region(), t.key(), lease, false, FAILED_MS)
                    .flatMap(released -> failed(t, reading, answer.failure()));
            case UNCHANGED ->
                store(t, lease, answer, new Bodies.Prepared(Coding.KEEP, "", Buffer.buffer()), etag, reading);
            case NOTHING -> store(t, lease, answer, Bodies.Prepared.NOTHING, "", reading);
            case OK -> bodies.prepare(answer.body(), answer.type(), answer.gzip(), t.settings().compressAbove())
                    .flatMap(prepared -> store(t, lease, answer, prepared, answer.etag(), reading))
                    .onFailure(ApiException.class)
                    .recoverWithUni(e -> store.release(t.tenant(), t.region(), t.key(), lease, false, FAILED_MS)
                            .flatMap(released -> failed(t, reading, "its answer is not usable: " + e.getMessage())));
        });
    }

    private Uni<Outcome> store(Target t, String lease, OriginAnswer answer, Bodies.Prepared p, String etag,
            Reading reading) {
        Entry entry = entry(t.settings(), lease, answer, p, etag);
        if (entry == null) {
            return store.release(t.tenant(), t.region(), t.key(), lease, true, PASS_MS)
                    .map(released -> Outcome.passed(answer));
        }
        return store.put(t.tenant(), t.region(), t.key(), entry).flatMap(stored -> {
            if (stored == Stored.NOTHING_TO_KEEP) {
                return ask(t, lease, "", reading);
            }
            // A void lease: what was purged meanwhile must not be seen by others, yet this caller asked before that.
            return stored == Stored.VOID && answer.kind() != OriginAnswer.Kind.UNCHANGED
                    ? Uni.createFrom().item(Outcome.passed(answer))
                    : again(t, reading, false).map(found -> new Outcome(found, null, answer.status()));
        });
    }

    /** Null where it must not be stored. The origin's word counts before the region's. */
    private static Entry entry(Region r, String lease, OriginAnswer answer, Bodies.Prepared p, String etag) {
        CacheDirectives d = answer.directives();
        boolean nothing = answer.kind() == OriginAnswer.Kind.NOTHING;
        try {
            long fresh = d.ms("s-maxage", d.ms("max-age", -1));
            fresh = fresh < 0 ? nothing ? r.negativeTtlMs() : r.ttlMs() : Math.max(0, fresh - answer.ageMs());
            boolean strict = d.has("must-revalidate") || d.has("proxy-revalidate");
            long swr = strict ? 0 : d.ms("stale-while-revalidate", nothing ? 0 : r.swrMs());
            long sie = strict ? 0 : d.ms("stale-if-error", nothing ? 0 : r.sieMs());
            return !answer.mayBeStored() || fresh + Math.max(swr, sie) == 0
                    ? null
                    : new Entry(lease, List.of(), answer.type(), p.coding(), p.etag(), CacheService.jittered(fresh, r),
                            swr,
                            sie, etag, p.body());
        } catch (ApiException e) {
            return null; // a Cache-Control that makes no sense
        }
    }

    private Uni<Outcome> failed(Target t, Reading reading, String why) {
        return again(t, reading, true).map(found -> {
            if (found == null || !found.lookup().isHit()) {
                throw new ApiException(ErrorCode.ORIGIN_FAILED, "The origin of the region failed: " + why);
            }
            return new Outcome(found, null, 0);
        });
    }

    private Uni<Found> again(Target t, Reading reading, boolean onError) {
        return cache.look(t.tenant(), t.region(), t.key(), new Reading(0, 0, onError, reading.etags(), reading.body()));
    }

    private static Uni<Outcome> item(Found found) {
        return Uni.createFrom().item(new Outcome(found, null, 0));
    }
}
