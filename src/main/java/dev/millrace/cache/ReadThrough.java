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
import dev.millrace.http.problem.ApiException;
import dev.millrace.http.problem.ErrorCode;
import dev.millrace.redis.RedisUnavailableException;

/**
 * Reads of regions with an origin. Of all replicas one asks the origin for a key at a time; the others wait for what it
 * stores. While something stale may be served it is, and the origin is asked behind the caller's back. If the origin fails,
 * what may be served on error is; and for a second nobody asks it again for that key.
 */
@ApplicationScoped
public class ReadThrough {

    private static final String UNASKED = "it answered 304, though it was not asked about anything";
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
        // What may be served on error is, but only when there was one.
        Reading reading = new Reading(lease, lease, false, asked.etags(), asked.body());
        return cache.get(tenant, region, key, reading).flatMap(found -> {
            if (found == null || found.lookup().isHit()) {
                return item(found);
            }
            return switch (found.lookup().what()) {
                case LEASED -> leased(target, found, reading);
                case PASS -> pass(target, reading);
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
            case FAILED -> giveUp(t, lease, reading, answer.failure());
            case UNCHANGED ->
                etag.isEmpty() ? giveUp(t, lease, reading, UNASKED) : keep(t, lease, answer, etag, reading);
            case NOTHING -> store(t, lease, answer, Bodies.Prepared.nothing(), reading);
            case OK -> bodies.prepare(answer.body(), answer.type(), answer.gzip(), t.settings().compressAbove())
                    .flatMap(prepared -> store(t, lease, answer, prepared, reading))
                    .onFailure(ApiException.class)
                    .recoverWithUni(e -> giveUp(t, lease, reading, "its answer is not usable: " + e.getMessage()));
        });
    }

    private Uni<Outcome> giveUp(Target t, String lease, Reading reading, String why) {
        return store.release(t.tenant(), t.region(), t.key(), lease, false, FAILED_MS)
                .flatMap(released -> failed(t, reading, why));
    }

    /** Asks for this caller alone; nothing is stored. */
    private Uni<Outcome> pass(Target t, Reading reading) {
        return origins.get(t.url(), "", t.settings().maxValueBytes()).flatMap(answer -> switch (answer.kind()) {
            case FAILED -> failed(t, reading, answer.failure());
            case UNCHANGED -> failed(t, reading, UNASKED);
            case OK, NOTHING -> Uni.createFrom().item(Outcome.passed(answer));
        });
    }

    /** What is stored is as it was: it lives on, unless it has been purged meanwhile or must not be stored any more. */
    private Uni<Outcome> keep(Target t, String lease, OriginAnswer answer, String etag, Reading reading) {
        Entry entry = entry(t.settings(), lease, answer, new Bodies.Prepared(Coding.KEEP, "", Buffer.buffer()), etag);
        if (entry == null) {
            return ask(t, lease, "", reading);
        }
        return store.put(t.tenant(), t.region(), t.key(), entry).flatMap(stored -> switch (stored) {
            case DONE -> again(t, reading, false).flatMap(found -> found != null && found.lookup().isHit()
                    ? Uni.createFrom().item(new Outcome(found, null, answer.status()))
                    : pass(t, reading));
            case NOTHING_TO_KEEP -> ask(t, lease, "", reading);
            case VOID -> pass(t, reading);
        });
    }

    /** This caller is given the answer in any case, also where it was purged meanwhile: he asked before that. */
    private Uni<Outcome> store(Target t, String lease, OriginAnswer answer, Bodies.Prepared p, Reading reading) {
        Outcome passed = Outcome.passed(answer);
        Entry entry = entry(t.settings(), lease, answer, p, answer.etag());
        Uni<Outcome> outcome = entry == null
                ? store.release(t.tenant(), t.region(), t.key(), lease, true, PASS_MS).replaceWith(passed)
                : store.put(t.tenant(), t.region(), t.key(), entry)
                        .flatMap(stored -> stored != Stored.DONE
                                ? Uni.createFrom().item(passed)
                                : again(t, reading, false).map(found -> found != null && found.lookup().isHit()
                                        ? new Outcome(found, null, answer.status())
                                        : passed));
        return outcome.onFailure(RedisUnavailableException.class).recoverWithItem(passed);
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
