package dev.millrace.cache;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import jakarta.inject.Singleton;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.ResponseBuilder;

import org.jspecify.annotations.Nullable;

import io.smallrye.mutiny.Uni;
import io.vertx.core.buffer.Buffer;

import dev.millrace.cache.freshness.CachePolicy;
import dev.millrace.cache.freshness.Freshness;
import dev.millrace.encoding.MediaTypes;
import dev.millrace.http.HttpDates;
import dev.millrace.http.problem.ApiException;
import dev.millrace.http.problem.ErrorCode;
import dev.millrace.http.problem.Problem;

/** Builds responses to reads: RFC 9110 for conditions and codings, RFC 9111 for Age, RFC 9211 for Cache-Status. */
@Singleton
class CacheResponse {

    private static final String CACHE_STATUS = "Cache-Status";
    private static final String GZIP_SUFFIX = Preconditions.GZIP_SUFFIX;
    private static final int NO_CONTENT = 204;
    /** The origin's fields that a 304 has (RFC 9110, section 15.4.5). */
    private static final Set<String> NOT_MODIFIED = Set.of("cache-control", "cdn-cache-control", "content-location",
            "date", "expires", "last-modified");

    private final CacheService service;

    CacheResponse(CacheService service) {
        this.service = service;
    }

    /**
     * What a caller asked for, beside the entry.
     *
     * @param takesGzip whether {@code Accept-Encoding} allows gzip
     * @param head whether the request is a HEAD
     * @param ifModifiedSince the date that counts; null for none
     * @param ifMatch tags, as in {@link Preconditions}
     * @param ifUnmodifiedSince the date that counts; null for none
     */
    record Wanted(boolean takesGzip, boolean head, @Nullable Instant ifModifiedSince, String ifMatch,
            @Nullable Instant ifUnmodifiedSince) {}

    /**
     * Returns the response to a read.
     *
     * @param found null if Redis is unavailable
     */
    Uni<Response> of(@Nullable ReadResult found, ReadOptions options, Wanted wanted) {
        if (found == null) {
            return item(miss("fwd=miss; detail=redis-unavailable"));
        }
        Lookup lookup = found.lookup();
        if (!lookup.isHit()) {
            return item(missing(found));
        }
        if (lookup.coding() == BodyCoding.NOTHING) {
            return item(problem(ErrorCode.CACHE_NOTHING, status(lookup)));
        }
        StoredHead stored = StoredHead.decode(lookup.head());
        boolean success = stored.status() < 300;
        if (success && !isWanted(lookup, stored, wanted)) {
            return item(problem(ErrorCode.PRECONDITION_FAILED, status(lookup)));
        }
        if (success && isKnown(lookup, stored, options, wanted)) {
            return item(with(Response.notModified(), lookup, stored, wanted, NOT_MODIFIED).build());
        }
        ResponseBuilder response = with(Response.status(stored.status()), lookup, stored, wanted, null);
        if (stored.status() == NO_CONTENT) {
            return item(response.build());
        }
        body(response, lookup.type());
        boolean gzip = lookup.coding() == BodyCoding.GZIP;
        if (gzip && wanted.takesGzip()) {
            response.header(HttpHeaders.CONTENT_ENCODING, "gzip");
        }
        Buffer sent = lookup.body();
        return item(wanted.head() || sent == null
                ? response.build()
                : response.entity(service.readable(sent, gzip, wanted.takesGzip(), options.owner())).build());
    }

    /** Whether the entry meets {@code If-Match}, else {@code If-Unmodified-Since} (RFC 9110, section 13.2.2). */
    private static boolean isWanted(Lookup lookup, StoredHead stored, Wanted wanted) {
        if (!wanted.ifMatch().isEmpty()) {
            return Preconditions.has(wanted.ifMatch(), stored.isWeak() ? null : lookup.etag());
        }
        return !isModified(stored, wanted, lookup.ms());
    }

    private static boolean isWanted(OriginAnswer passed, Wanted wanted) {
        if (!wanted.ifMatch().isEmpty()) {
            String etag = passed.head().value(HttpHeaders.ETAG);
            String opaque = etag == null || passed.head().isWeak() ? null : etag.replace("\"", "");
            return Preconditions.has(wanted.ifMatch(), opaque);
        }
        return !isModified(passed.head(), wanted, System.currentTimeMillis());
    }

    private static boolean isModified(StoredHead stored, Wanted wanted, long now) {
        Instant modified = wanted.ifUnmodifiedSince() == null
                ? null
                : HttpDates.parse(stored.value(HttpHeaders.LAST_MODIFIED), Instant.ofEpochMilli(now));
        return modified != null && modified.isAfter(requireNonNull(wanted.ifUnmodifiedSince()));
    }

    /** Whether the caller has this entry already: by its tag, else by its date (RFC 9110, section 13.2.2). */
    private static boolean isKnown(Lookup lookup, StoredHead stored, ReadOptions options, Wanted wanted) {
        if (!options.etags().isEmpty()) {
            // Redis sends no body if the caller has it.
            return !wanted.head() && lookup.body() == null || wanted.head()
                    && (options.etags().equals("*") || options.etags().contains(' ' + lookup.etag() + ' '));
        }
        Instant modified = wanted.ifModifiedSince() == null
                ? null
                : HttpDates.parse(stored.value(HttpHeaders.LAST_MODIFIED), Instant.ofEpochMilli(lookup.ms()));
        return modified != null && !modified.isAfter(requireNonNull(wanted.ifModifiedSince()));
    }

    /** Returns the response to a read of a region with an origin. An origin's response that was not stored is passed on unchanged. */
    Uni<Response> of(OriginRead outcome, ReadOptions options, Wanted wanted) {
        OriginAnswer passed = outcome.passed();
        if (passed == null) {
            return of(outcome.found(), options, wanted).invoke(response -> {
                if (outcome.asked() > 0) {
                    response.getHeaders().putSingle(CACHE_STATUS,
                            "millrace; fwd=" + reason(outcome.stale()) + "; fwd-status=" + outcome.asked()
                                    + "; stored");
                }
            });
        }
        String status = "fwd=" + reason(outcome.stale()) + "; fwd-status=" + passed.status() + "; detail=not-stored";
        if (passed.status() < 300 && !isWanted(passed, wanted)) {
            return item(problem(ErrorCode.PRECONDITION_FAILED, status));
        }
        if (passed.kind() == OriginAnswer.Kind.NOTHING) {
            return item(problem(ErrorCode.CACHE_NOTHING, status));
        }
        boolean takesGzip = wanted.takesGzip();
        boolean asItCame = !passed.gzip() || takesGzip;
        Buffer sent = requireNonNull(passed.body());
        return (asItCame ? Uni.createFrom().voidItem() : checked(sent)).map(good -> {
            ResponseBuilder response = passed(passed, asItCame).header(CACHE_STATUS, "millrace; " + status);
            if (passed.status() == NO_CONTENT) {
                return response.build();
            }
            body(response, passed.type());
            if (passed.gzip() && takesGzip) {
                response.header(HttpHeaders.CONTENT_ENCODING, "gzip");
            }
            return wanted.head()
                    ? response.build()
                    : response.entity(service.readable(sent, passed.gzip(), takesGzip, options.owner())).build();
        });
    }

    /** What the origin said, so that a cache in front of Millrace stores no more than Millrace may. */
    private static ResponseBuilder passed(OriginAnswer passed, boolean asItCame) {
        StoredHead head = passed.head().datedAt(passed.times().receivedAt());
        ResponseBuilder response = Response.status(passed.status());
        head.forEach(response::header);
        String etag = head.value(HttpHeaders.ETAG);
        if (etag != null) {
            response.header(HttpHeaders.ETAG, asItCame || head.isWeak() ? etag : "W/" + etag);
        }
        if (head.lines(HttpHeaders.CACHE_CONTROL).isEmpty()) {
            response.header(HttpHeaders.CACHE_CONTROL, "no-store");
        }
        if (!passed.ageLines().isEmpty()) {
            response.header("Age", Freshness.of(CachePolicy.of(passed::lines), passed::lines,
                    passed.times().requestedAt(), passed.times().receivedAt()).ageMs() / 1000);
        }
        List<String> vary = head.lines(HttpHeaders.VARY);
        vary.forEach(line -> response.header(HttpHeaders.VARY, line));
        if (passed.gzip()
                && vary.stream().noneMatch(line -> line.toLowerCase(Locale.ROOT).contains("accept-encoding"))) {
            response.header(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING);
        }
        return response;
    }

    /** Whoever stored the body chose its type: a browser must not guess another one. */
    private static ResponseBuilder body(ResponseBuilder response, @Nullable String type) {
        return response.header(HttpHeaders.CONTENT_TYPE, MediaTypes.orOctets(type)).header("X-Content-Type-Options",
                "nosniff");
    }

    private Uni<Void> checked(Buffer body) {
        return service.check(body).onFailure(ApiException.class).transform(e -> new ApiException(
                ErrorCode.ORIGIN_FAILED,
                "The origin of the region failed: its answer is not usable: " + e.getMessage()));
    }

    /** {@code only} are the origin's fields to send, in lower case; null for all of them. */
    private static ResponseBuilder with(ResponseBuilder response, Lookup lookup, StoredHead stored, Wanted wanted,
            @Nullable Set<String> only) {
        String suffix = lookup.coding() == BodyCoding.GZIP && wanted.takesGzip() ? GZIP_SUFFIX : "";
        stored.forEach((name, value) -> {
            if (only == null || only.contains(name.toLowerCase(Locale.ROOT))) {
                response.header(name, value);
            }
        });
        return response.header(HttpHeaders.ETAG, (stored.isWeak() ? "W/" : "") + '"' + lookup.etag() + suffix + '"')
                .header("Age", Math.max(0, (lookup.ms() - lookup.stored()) / 1000))
                .header(HttpHeaders.VARY, vary(stored))
                .header(CACHE_STATUS, "millrace; " + status(lookup));
    }

    private static String vary(StoredHead stored) {
        Set<String> names = stored.vary();
        return names.isEmpty()
                ? HttpHeaders.ACCEPT_ENCODING
                : HttpHeaders.ACCEPT_ENCODING + ", " + String.join(", ", names);
    }

    /** The ttl is negative after it has expired. */
    private static String status(Lookup lookup) {
        String detail = switch (lookup.state()) {
            case STALE -> "; detail=stale";
            case STALE_ON_ERROR -> "; detail=stale-if-error";
            default -> lookup.coding() == BodyCoding.NOTHING ? "; detail=nothing" : "";
        };
        return "hit; ttl=" + Math.floorDiv(lookup.fresh() - lookup.ms(), 1000L) + detail;
    }

    /** Why an entry was not served (RFC 9211, section 2.2). */
    private static String reason(boolean stale) {
        return stale ? "stale" : "uri-miss";
    }

    private static Response missing(ReadResult found) {
        String forward = "fwd=" + reason(found.lookup().stale());
        return switch (found.lookup().state()) {
            case LEASED -> builder(ErrorCode.CACHE_MISS, forward + "; detail=leased")
                    .header("Cache-Lease", found.leaseToken()).build();
            case BUSY -> builder(ErrorCode.CACHE_MISS, forward + "; detail=leased-to-another")
                    .header(HttpHeaders.RETRY_AFTER, Math.max(1, (found.lookup().ms() + 999) / 1000)).build();
            default -> miss(forward);
        };
    }

    private static Response miss(String status) {
        return problem(ErrorCode.CACHE_MISS, status);
    }

    private static Response problem(ErrorCode code, String status) {
        return builder(code, status).build();
    }

    /** Without detail and instance, because misses are frequent. */
    private static ResponseBuilder builder(ErrorCode code, String status) {
        return Response.status(code.status()).type(Problem.MEDIA_TYPE).header(CACHE_STATUS, "millrace; " + status)
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .entity(new Problem(code, null, null, List.of()));
    }

    /** Whether {@code Accept-Encoding} allows gzip. */
    static boolean takesGzip(@Nullable String header) {
        boolean any = false;
        for (String coding : header == null ? new String[0] : header.toLowerCase(Locale.ROOT).split(",")) {
            String[] parts = coding.strip().split("\\s*;\\s*");
            boolean refused = parts.length > 1 && parts[1].matches("q=0(\\.0*)?");
            if (parts[0].equals("gzip") || parts[0].equals("x-gzip")) {
                return !refused;
            }
            any |= parts[0].equals("*") && !refused;
        }
        return any;
    }

    private static Uni<Response> item(Response response) {
        return Uni.createFrom().item(response);
    }
}
