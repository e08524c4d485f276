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
 * Reads of regions with an origin. One replica at a time requests a variant of a key from the origin; the other callers wait until it is stored.
 * While a stale entry may be served, callers get it, and the origin is requested in the background. If the origin fails, callers get an
 * entry that may be served on error, and for 1 s, or as long as its {@code Retry-After} asks for, no replica requests that key again. If
 * it says that the content is gone or must not be stored, the entry is dropped.
 */
@ApplicationScoped
public class ReadThrough {

    private static final String UNASKED = "it answered 304 to a request without a condition";
    private static final long FAILED_MS = 1000;
    /** However long an origin asks for. */
    private static final long MAX_PAUSE_MS = 3600_000;
    private static final int TOO_MANY_REQUESTS = 429;
    /** There may be memory for the next caller. */
    private static final long OVERLOADED_MS = 1;
    private static final long PASS_MS = 10_000;
    /** After a status that is no success, which may be different soon. */
    private static final long PASS_ERROR_MS = 1000;
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
    Uni<OriginRead> get(String tenant, String region, String key, Region settings, Variant variant, ReadOptions asked) {
        URI url = requireNonNull(settings.origin()).of(key);
        if (url == null) {
            throw ApiException.invalid("key",
                    "must not contain . or .. as a step in a path, in a region with an origin, not even percent-encoded");
        }
        Target target = new Target(tenant, region, key, settings, url, variant);
        long lease = timeoutMs + MARGIN_MS;
        // An entry that is kept for errors is served only after an error.
        ReadOptions options = asked.withLease(lease, lease).withOnError(false).withVariant(variant.id(settings));
        return cache.get(tenant, region, key, options).flatMap(found -> {
            if (found == null || found.lookup().isHit()) {
                return item(found);
            }
            return switch (found.lookup().state()) {
                case LEASED -> leased(target, found, options);
                case PASS -> pass(target, options).map(read -> found.lookup().stale() ? read.ofStale() : read);
                case FAILED -> paused(target, found.lookup(), options);
                // Redis gives no lease while its memory is full.
                case MISSING -> again(target, options, true).flatMap(
                        onError -> item(onError != null && onError.lookup().isHit() ? onError : found));
                default -> failed(target, options, "another caller has waited too long for it", 0);
            };
        });
    }

    private record Target(String tenant, String region, String key, Region settings, URI url, Variant variant) {

        String variantId() {
            return variant.id(settings);
        }

        NewEntry entry(NewEntry entry) {
            return entry.withVariant(variantId());
        }
    }

    /** The lease under which the origin is asked, and what is known of the entry that is there still. */
    private record Asking(String lease, String validators, StoredHead stored, boolean stale) {

        Asking unconditionally() {
            return new Asking(lease, "", StoredHead.NONE, stale);
        }
    }

    /** This caller requests the origin. If a stale entry may be served, the caller does not wait for the origin. */
    private Uni<OriginRead> leased(Target t, ReadResult found, ReadOptions options) {
        Lookup lookup = found.lookup();
        Asking asking = new Asking(requireNonNull(found.leaseToken()), lookup.origin(),
                StoredHead.decode(lookup.head()), lookup.stale());
        return again(t, options, false).flatMap(stale -> {
            Uni<OriginRead> asked = ask(t, asking, options);
            if (stale != null && stale.lookup().isHit()) {
                asked.subscribe().with(done -> {}, failure -> {
                    // This caller has its response. A read after the stale time reports the failure.
                });
                return item(stale);
            }
            return asked;
        });
    }

    private Uni<OriginRead> ask(Target t, Asking asking, ReadOptions options) {
        FairBudget.Share arriving = memory.share(options.owner());
        String lease = asking.lease();
        return origins.get(t.url(), asking.validators(), t.variant().fields(), t.settings().maxValueBytes(), arriving)
                .flatMap(answer -> switch (answer.kind()) {
                    case OVERLOADED -> release(t, lease, Release.failed(0, OVERLOADED_MS))
                            .flatMap(released -> overloaded(t, options));
                    case FAILED -> giveUp(t, lease, answer, options, requireNonNull(answer.failure()));
                    case LIMITED -> limited(t, lease, answer);
                    case UNCHANGED -> asking.validators().isEmpty()
                            ? giveUp(t, lease, answer, options, UNASKED)
                            : keep(t, asking, answer, options);
                    case GONE, OTHER -> release(t, lease,
                            Release.pass(PASS_ERROR_MS, answer.kind() == OriginAnswer.Kind.GONE))
                            .replaceWith(OriginRead.passed(answer));
                    case NOTHING -> store(t, lease, answer, PreparedBody.nothing(), options);
                    case OK -> bodies
                            .prepare(requireNonNull(answer.body()).getBytes(), answer.type(), answer.gzip(),
                                    answer.head().mayBeCompressed() ? t.settings().compressAbove() : Integer.MAX_VALUE)
                            .flatMap(prepared -> store(t, lease, answer, prepared, options))
                            .onFailure(ApiException.class).recoverWithUni(e -> giveUp(t, lease, answer, options,
                                    "its response cannot be used: " + e.getMessage()));
                }).map(read -> asking.stale() ? read.ofStale() : read)
                .onTermination().invoke((read, failure, cancelled) -> settle(arriving, read, options));
    }

    /** If Redis is lost meanwhile, the lease ends by itself, and the caller gets what the origin said. */
    private Uni<Void> release(Target t, String lease, Release why) {
        return store.release(t.tenant(), t.region(), t.key(), t.variantId(), lease, why).replaceWithVoid()
                .onFailure(RedisUnavailableException.class).recoverWithNull();
    }

    private Uni<OriginRead> giveUp(Target t, String lease, OriginAnswer answer, ReadOptions options, String why) {
        return release(t, lease, pause(answer)).flatMap(released -> failed(t, options, why, pauseSeconds(answer)));
    }

    /** The origin asks for fewer requests. That is no error on which stale content is served (RFC 5861, section 4). */
    private Uni<OriginRead> limited(Target t, String lease, OriginAnswer answer) {
        return release(t, lease, pause(answer)).flatMap(
                released -> Uni.createFrom().failure(limited(Math.max(1, pauseSeconds(answer)))));
    }

    private static ApiException limited(int seconds) {
        return ApiException.retryAfter(ErrorCode.ORIGIN_LIMITED,
                "The origin of the region answered 429: ask again after " + seconds + " s", seconds);
    }

    /** The origin has failed, or asked for a pause that is not over. */
    private Uni<OriginRead> paused(Target t, Lookup lookup, ReadOptions options) {
        int seconds = (int) ((lookup.ms() + 999) / 1000);
        if (lookup.origin().isEmpty()) {
            return failed(t, options, "it failed less than a second ago", 0);
        }
        return Integer.parseInt(lookup.origin()) == TOO_MANY_REQUESTS
                ? Uni.createFrom().failure(limited(seconds))
                : failed(t, options, "it answered " + lookup.origin() + " and asked for a pause", seconds);
    }

    private static Release pause(OriginAnswer answer) {
        boolean asked = answer.retryAfterMs() > 0 || answer.kind() == OriginAnswer.Kind.LIMITED;
        return Release.failed(asked ? answer.status() : 0,
                Math.max(FAILED_MS, Math.min(answer.retryAfterMs(), MAX_PAUSE_MS)));
    }

    private static int pauseSeconds(OriginAnswer answer) {
        return (int) Math.max(0, (Math.min(answer.retryAfterMs(), MAX_PAUSE_MS) + 999) / 1000);
    }

    /** Requests the origin for this caller alone, and stores nothing. */
    private Uni<OriginRead> pass(Target t, ReadOptions options) {
        FairBudget.Share arriving = memory.share(options.owner());
        return origins.get(t.url(), "", t.variant().fields(), t.settings().maxValueBytes(), arriving)
                .flatMap(answer -> switch (answer
                        .kind()) {
                    case OVERLOADED -> overloaded(t, options);
                    case FAILED -> answer.retryAfterMs() > 0
                            ? giveUp(t, Release.PASSING, answer, options, requireNonNull(answer.failure()))
                            : failed(t, options, requireNonNull(answer.failure()), 0);
                    case LIMITED -> limited(t, Release.PASSING, answer);
                    case UNCHANGED -> failed(t, options, UNASKED, 0);
                    case OK, NOTHING, GONE, OTHER -> Uni.createFrom().item(OriginRead.passed(answer));
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
    private Uni<OriginRead> keep(Target t, Asking asking, OriginAnswer answer, ReadOptions options) {
        NewEntry entry = OriginEntries.kept(t.settings(), asking.lease(), answer, asking.stored(),
                asking.validators());
        if (entry == null) {
            return ask(t, asking.unconditionally(), options);
        }
        return store.put(t.tenant(), t.region(), t.key(), t.entry(entry)).flatMap(stored -> switch (stored) {
            case DONE -> again(t, options, false).flatMap(found -> found != null && found.lookup().isHit()
                    ? Uni.createFrom().item(new OriginRead(found, null, answer.status()))
                    : pass(t, options));
            case NOTHING_TO_KEEP -> ask(t, asking.unconditionally(), options);
            case VOID, FULL, UNMET -> pass(t, options);
        }).onFailure(RedisUnavailableException.class).recoverWithUni(() -> pass(t, options));
    }

    /** This caller gets the response in any case, even if the key was purged in the meantime: its read began before that. */
    private Uni<OriginRead> store(Target t, String lease, OriginAnswer answer, PreparedBody p, ReadOptions options) {
        OriginRead passed = OriginRead.passed(answer);
        NewEntry entry = OriginEntries.of(t.settings(), lease, answer, p);
        Uni<OriginRead> outcome = entry == null
                // What is there still is older than a response that must not be stored.
                ? release(t, lease, Release.pass(PASS_MS, true)).replaceWith(passed)
                : store.put(t.tenant(), t.region(), t.key(), t.entry(entry)).flatMap(stored -> switch (stored) {
                    case DONE -> again(t, options, false).map(found -> found != null && found.lookup().isHit()
                            ? new OriginRead(found, null, answer.status())
                            : passed);
                    // Others find their variants as before. Callers of this one have nothing to wait for.
                    case FULL -> release(t, lease, Release.pass(PASS_MS, false)).replaceWith(passed);
                    case VOID, NOTHING_TO_KEEP, UNMET -> Uni.createFrom().item(passed);
                });
        return outcome.onFailure(RedisUnavailableException.class).recoverWithItem(passed);
    }

    private Uni<OriginRead> failed(Target t, ReadOptions options, String why, int retryAfterSeconds) {
        return instead(t, options, ApiException.retryAfter(ErrorCode.ORIGIN_FAILED,
                "The origin of the region failed: " + why, retryAfterSeconds));
    }

    private Uni<OriginRead> overloaded(Target t, ReadOptions options) {
        return instead(t, options,
                new ApiException(ErrorCode.OVERLOADED, "The service is busy with large bodies: try again"));
    }

    /** Returns an entry that may be served after an error, or fails with that error. */
    private Uni<OriginRead> instead(Target t, ReadOptions options, ApiException error) {
        return again(t, options, true).map(found -> {
            if (found == null || !found.lookup().isHit()) {
                throw error;
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
