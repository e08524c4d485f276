package dev.millrace.cache;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import jakarta.inject.Singleton;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.ResponseBuilder;

import org.jspecify.annotations.Nullable;

import io.smallrye.mutiny.Uni;
import io.vertx.core.buffer.Buffer;

import dev.millrace.http.problem.ApiException;
import dev.millrace.http.problem.ErrorCode;
import dev.millrace.http.problem.Problem;

/** Builds responses to reads: RFC 9110 for conditions and codings, RFC 9111 for Age, RFC 9211 for Cache-Status. */
@Singleton
class CacheResponse {

    private static final String CACHE_STATUS = "Cache-Status";
    private static final String GZIP_SUFFIX = "-gzip";
    private static final Pattern ETAG = Pattern.compile("\"([!#-~]{1,64})\"");

    private final CacheService service;

    CacheResponse(CacheService service) {
        this.service = service;
    }

    /**
     * Returns the response to a read.
     *
     * @param found null if Redis is unavailable
     */
    Uni<Response> of(@Nullable ReadResult found, ReadOptions options, boolean takesGzip, boolean head) {
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
        // Redis sent no body although it was requested: the caller has it already.
        boolean known = !head && lookup.body() == null
                || head && (options.etags().equals("*") || options.etags().contains(' ' + lookup.etag() + ' '));
        if (known) {
            return item(with(Response.notModified(), lookup, takesGzip).build());
        }
        ResponseBuilder response = body(with(Response.ok(), lookup, takesGzip), lookup.type());
        boolean gzip = lookup.coding() == BodyCoding.GZIP;
        if (gzip && takesGzip) {
            response.header(HttpHeaders.CONTENT_ENCODING, "gzip");
        }
        return item(head
                ? response.build()
                : response.entity(service.readable(requireNonNull(lookup.body()), gzip, takesGzip, options.owner()))
                        .build());
    }

    /** Returns the response to a read of a region with an origin. An origin's response that was not stored is passed on unchanged. */
    Uni<Response> of(OriginRead outcome, ReadOptions options, boolean takesGzip, boolean head) {
        OriginAnswer passed = outcome.passed();
        if (passed == null) {
            return of(outcome.found(), options, takesGzip, head).invoke(response -> {
                if (outcome.asked() > 0) {
                    response.getHeaders().putSingle(CACHE_STATUS,
                            "millrace; fwd=uri-miss; fwd-status=" + outcome.asked() + "; stored");
                }
            });
        }
        String status = "fwd=uri-miss; fwd-status=" + passed.status() + "; detail=not-stored";
        if (passed.kind() == OriginAnswer.Kind.NOTHING) {
            return item(problem(ErrorCode.CACHE_NOTHING, status));
        }
        boolean asItCame = !passed.gzip() || takesGzip;
        Buffer sent = requireNonNull(passed.body());
        return (asItCame ? Uni.createFrom().voidItem() : checked(sent)).map(good -> {
            ResponseBuilder response = body(Response.ok(), passed.type())
                    .header(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING).header(CACHE_STATUS, "millrace; " + status);
            if (passed.gzip() && takesGzip) {
                response.header(HttpHeaders.CONTENT_ENCODING, "gzip");
            }
            return head
                    ? response.build()
                    : response.entity(service.readable(sent, passed.gzip(), takesGzip, options.owner())).build();
        });
    }

    /** Whoever stored the body chose its type: a browser must not guess another one. */
    private static ResponseBuilder body(ResponseBuilder response, @Nullable String type) {
        return response.header(HttpHeaders.CONTENT_TYPE, type).header("X-Content-Type-Options", "nosniff");
    }

    private Uni<Void> checked(Buffer body) {
        return service.check(body).onFailure(ApiException.class).transform(e -> new ApiException(
                ErrorCode.ORIGIN_FAILED,
                "The origin of the region failed: its answer is not usable: " + e.getMessage()));
    }

    private static ResponseBuilder with(ResponseBuilder response, Lookup lookup, boolean takesGzip) {
        String suffix = lookup.coding() == BodyCoding.GZIP && takesGzip ? GZIP_SUFFIX : "";
        return response.header(HttpHeaders.ETAG, '"' + lookup.etag() + suffix + '"')
                .header("Age", Math.max(0, (lookup.ms() - lookup.stored()) / 1000))
                .header(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING)
                .header(CACHE_STATUS, "millrace; " + status(lookup));
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

    private static Response missing(ReadResult found) {
        return switch (found.lookup().state()) {
            case LEASED -> builder(ErrorCode.CACHE_MISS, "fwd=uri-miss; detail=leased")
                    .header("Cache-Lease", found.leaseToken()).build();
            case BUSY -> builder(ErrorCode.CACHE_MISS, "fwd=uri-miss; detail=leased-to-another")
                    .header(HttpHeaders.RETRY_AFTER, Math.max(1, (found.lookup().ms() + 999) / 1000)).build();
            default -> miss("fwd=uri-miss");
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

    /** The tags of {@code If-None-Match}, for {@link LookupParameters}. Weak tags, and tags of the other coding, match as well. */
    static String etags(@Nullable String header) {
        if (header == null) {
            return "";
        }
        if (header.strip().equals("*")) {
            return "*";
        }
        StringBuilder tags = new StringBuilder(" ");
        Matcher tag = ETAG.matcher(header);
        while (tag.find()) {
            String name = tag.group(1);
            tags.append(name.endsWith(GZIP_SUFFIX) ? name.substring(0, name.length() - GZIP_SUFFIX.length()) : name)
                    .append(' ');
        }
        return tags.toString();
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
