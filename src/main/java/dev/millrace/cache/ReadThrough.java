package dev.millrace.cache;

import static java.util.Objects.requireNonNull;

import java.net.URI;

import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;

import org.jspecify.annotations.Nullable;

import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.mutiny.Uni;

import dev.millrace.http.problem.ApiException;
import dev.millrace.http.problem.ErrorCode;
import dev.millrace.memory.FairBudget;
import dev.millrace.memory.MemoryBudgets;
import dev.millrace.redis.RedisUnavailableException;

/**
 * Reads of regions with an origin. One replica at a time requests a key from the origin; the other callers wait until it is stored.
 * While a stale entry may be served, callers get it, and the origin is requested in the background. If the origin fails, callers get an
 * entry that may be served on error, and for 1 s no replica requests that key again.
 */
@ApplicationScoped
public class ReadThrough {

    private static final String UNASKED = "it answered 304 to a request without a condition";
    private static final long FAILED_MS = 1000;
    /** There may be memory for the next caller. */
    private static final long OVERLOADED_MS = 1;
    private static final long PASS_MS = 10_000;
    /** The lease is valid longer than the request to the origin and the storing take. */
    private static final long MARGIN_MS = 3000;

    private final CacheService cache;
    private final CacheStore store;
    private final OriginClient origins;
    private final Bodies bodies;
    private final FairBudget memory;
    private final long timeoutMs;

    ReadThrough(CacheService cache, CacheStore store, OriginClient origins, Bodies bodies, MemoryBudgets budgets,
            CacheConfig config) {
        this.cache = cache;
        this.store = store;
        this.origins = origins;
        this.bodies = bodies;
        this.memory = budgets.requests();
        this.timeoutMs = config.origin().timeout().toMillis();
    }

    void start(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE - 2) StartupEvent event) {
        if (timeoutMs < 1 || timeoutMs > 25_000) {
            throw new ConfigurationException("millrace.cache.origin.timeout must be between 1 ms and 25 s");
        }
    }

    /** Reads a key of a region that has an origin. */
    Uni<OriginRead> get(String tenant, String region, String key, Region settings, ReadOptions asked) {
        URI url = requireNonNull(settings.origin()).of(key);
        if (url == null) {
            throw ApiException.invalid("key", "must not be . or .. in a region with an origin");
        }
        Target target = new Target(tenant, region, key, settings, url);
        long lease = timeoutMs + MARGIN_MS;
        // An entry that is kept for errors is served only after an error.
        ReadOptions options = asked.withLease(lease, lease).withOnError(false);
        return cache.get(tenant, region, key, options).flatMap(found -> {
            if (found == null || found.lookup().isHit()) {
                return item(found);
            }
            return switch (found.lookup().state()) {
                case LEASED -> leased(target, found, options);
                case PASS -> pass(target, options);
                case FAILED -> failed(target, options, "it failed less than a second ago");
                default -> failed(target, options, "another caller has waited too long for it");
            };
        });
    }

    private record Target(String tenant, String region, String key, Region settings, URI url) {}

    /** This caller requests the origin. If a stale entry may be served, the caller does not wait for the origin. */
    private Uni<OriginRead> leased(Target t, ReadResult found, ReadOptions options) {
        return again(t, options, false).flatMap(stale -> {
            Uni<OriginRead> asked = ask(t, requireNonNull(found.leaseToken()), found.lookup().origin(), options);
            if (stale != null && stale.lookup().isHit()) {
                asked.subscribe().with(done -> {}, failure -> {
                    // This caller has its response. A read after the stale time reports the failure.
                });
                return item(stale);
            }
            return asked;
        });
    }

    private Uni<OriginRead> ask(Target t, String lease, String etag, ReadOptions options) {
        FairBudget.Share arriving = memory.share(options.owner());
        return origins.get(t.url(), etag, t.settings().maxValueBytes(), arriving).flatMap(answer -> switch (answer
                .kind()) {
            case OVERLOADED -> store.release(t.tenant(), t.region(), t.key(), lease, false, OVERLOADED_MS)
                    .flatMap(released -> overloaded(t, options));
            case FAILED -> giveUp(t, lease, options, requireNonNull(answer.failure()));
            case UNCHANGED ->
                etag.isEmpty() ? giveUp(t, lease, options, UNASKED) : keep(t, lease, answer, etag, options);
            case NOTHING -> store(t, lease, answer, PreparedBody.nothing(), options);
            case OK -> bodies
                    .prepare(requireNonNull(answer.body()).getBytes(), answer.type(), answer.gzip(),
                            t.settings().compressAbove())
                    .flatMap(prepared -> store(t, lease, answer, prepared, options))
                    .onFailure(ApiException.class)
                    .recoverWithUni(e -> giveUp(t, lease, options, "its response cannot be used: " + e.getMessage()));
        }).onTermination().invoke((read, failure, cancelled) -> settle(arriving, read, options));
    }

    private Uni<OriginRead> giveUp(Target t, String lease, ReadOptions options, String why) {
        return store.release(t.tenant(), t.region(), t.key(), lease, false, FAILED_MS)
                .flatMap(released -> failed(t, options, why));
    }

    /** Requests the origin for this caller alone, and stores nothing. */
    private Uni<OriginRead> pass(Target t, ReadOptions options) {
        FairBudget.Share arriving = memory.share(options.owner());
        return origins.get(t.url(), "", t.settings().maxValueBytes(), arriving).flatMap(answer -> switch (answer
                .kind()) {
            case OVERLOADED -> overloaded(t, options);
            case FAILED -> failed(t, options, requireNonNull(answer.failure()));
            case UNCHANGED -> failed(t, options, UNASKED);
            case OK, NOTHING -> Uni.createFrom().item(OriginRead.passed(answer));
        }).onTermination().invoke((read, failure, cancelled) -> settle(arriving, read, options));
    }

    /** A body that is passed on keeps its memory until it has been sent. */
    private static void settle(FairBudget.Share arriving, @Nullable OriginRead read, ReadOptions options) {
        FairBudget.Share sending = options.share();
        if (read != null && read.passed() != null && sending != null) {
            sending.keep(arriving);
        } else {
            arriving.close();
        }
    }

    /** The entry has not changed. It is refreshed, unless it was purged in the meantime or must not be stored any more. */
    private Uni<OriginRead> keep(Target t, String lease, OriginAnswer answer, String etag, ReadOptions options) {
        NewEntry entry = entry(t.settings(), lease, answer, new PreparedBody(BodyCoding.KEEP, "", new byte[0]),
                etag);
        if (entry == null) {
            return ask(t, lease, "", options);
        }
        return store.put(t.tenant(), t.region(), t.key(), entry).flatMap(stored -> switch (stored) {
            case DONE -> again(t, options, false).flatMap(found -> found != null && found.lookup().isHit()
                    ? Uni.createFrom().item(new OriginRead(found, null, answer.status()))
                    : pass(t, options));
            case NOTHING_TO_KEEP -> ask(t, lease, "", options);
            case VOID -> pass(t, options);
        });
    }

    /** This caller gets the response in any case, even if the key was purged in the meantime: its read began before that. */
    private Uni<OriginRead> store(Target t, String lease, OriginAnswer answer, PreparedBody p, ReadOptions options) {
        OriginRead passed = OriginRead.passed(answer);
        NewEntry entry = entry(t.settings(), lease, answer, p, answer.etag());
        Uni<OriginRead> outcome = entry == null
                ? store.release(t.tenant(), t.region(), t.key(), lease, true, PASS_MS).replaceWith(passed)
                : store.put(t.tenant(), t.region(), t.key(), entry)
                        .flatMap(stored -> stored != StoreCode.DONE
                                ? Uni.createFrom().item(passed)
                                : again(t, options, false).map(found -> found != null && found.lookup().isHit()
                                        ? new OriginRead(found, null, answer.status())
                                        : passed));
        return outcome.onFailure(RedisUnavailableException.class).recoverWithItem(passed);
    }

    /** The entry to store; null if it must not be stored. The origin's directives override the region's. */
    private static @Nullable NewEntry entry(Region r, String lease, OriginAnswer answer, PreparedBody body,
            String etag) {
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
                    : NewEntry.of(body, answer.type()).withLifetime(CacheService.jittered(fresh, r), swr, sie)
                            .withLease(lease).withOrigin(etag);
        } catch (ApiException e) {
            return null; // an invalid Cache-Control
        }
    }

    private Uni<OriginRead> failed(Target t, ReadOptions options, String why) {
        return instead(t, options, ErrorCode.ORIGIN_FAILED, "The origin of the region failed: " + why);
    }

    private Uni<OriginRead> overloaded(Target t, ReadOptions options) {
        return instead(t, options, ErrorCode.OVERLOADED, "The service is busy with large bodies: try again");
    }

    /** Returns an entry that may be served after an error, or fails with that error. */
    private Uni<OriginRead> instead(Target t, ReadOptions options, ErrorCode error, String why) {
        return again(t, options, true).map(found -> {
            if (found == null || !found.lookup().isHit()) {
                throw new ApiException(error, why);
            }
            return new OriginRead(found, null, 0);
        });
    }

    private Uni<ReadResult> again(Target t, ReadOptions options, boolean onError) {
        return cache.peek(t.tenant(), t.region(), t.key(), options.withLease(0, 0).withOnError(onError));
    }

    private static Uni<OriginRead> item(@Nullable ReadResult found) {
        return Uni.createFrom().item(new OriginRead(found, null, 0));
    }
}
