package dev.millrace.cache;

import java.time.Instant;
import java.util.List;

import jakarta.inject.Singleton;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;

import org.jspecify.annotations.Nullable;

import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;

import dev.millrace.http.HttpDates;
import dev.millrace.http.ListenerConfig;
import dev.millrace.http.body.PacedBody;
import dev.millrace.http.route.Caller;
import dev.millrace.memory.FairBudget;
import dev.millrace.memory.MemoryBudgets;

/** Responds to reads over HTTP: from the cache, or from the region's origin. */
@Singleton
class CacheReads {

    private final CacheService service;
    private final Regions regions;
    private final ReadThrough readThrough;
    private final CacheResponse responses;
    private final FairBudget memory;
    private final long maxUnreadMs;

    CacheReads(CacheService service, Regions regions, ReadThrough readThrough, CacheResponse responses,
            MemoryBudgets budgets, ListenerConfig config) {
        this.service = service;
        this.regions = regions;
        this.readThrough = readThrough;
        this.responses = responses;
        this.memory = budgets.responses();
        this.maxUnreadMs = config.maxUnreadTime().toMillis();
    }

    /** Returns the response to a GET or HEAD; {@code leaseMs} and {@code waitMs} are 0 for none. */
    Uni<Response> answer(Caller caller, String region, String key, long leaseMs, long waitMs,
            HttpServerRequest request) {
        boolean head = HttpMethod.HEAD.equals(request.method());
        boolean onError = CacheDirectives.parse(request.headers().getAll(HttpHeaders.CACHE_CONTROL))
                .has("stale-if-error");
        CacheResponse.Wanted wanted = new CacheResponse.Wanted(
                CacheResponse.takesGzip(list(request, HttpHeaders.ACCEPT_ENCODING)), head,
                HttpDates.parse(request.getHeader(HttpHeaders.IF_MODIFIED_SINCE), Instant.now()),
                Preconditions.ifMatch(request.headers()),
                HttpDates.parse(request.getHeader(HttpHeaders.IF_UNMODIFIED_SINCE), Instant.now()));
        FairBudget.Share share = memory.share(caller.keyId());
        String tenant = caller.tenant();
        ReadOptions options = ReadOptions.PLAIN.withShare(share).withLease(leaseMs, waitMs).withOnError(onError)
                .withEtags(Preconditions.ifNoneMatch(request.headers())).withBody(!head);
        return regions.getIfAvailable(tenant, region).flatMap(known -> known == null
                ? responses.of(service.unavailable(region), options, wanted)
                : known.origin() != null
                        ? readThrough.get(tenant, region, key, known, Variant.of(known, request.headers()), options)
                                .flatMap(outcome -> responses.of(outcome, options, wanted))
                        : service.get(tenant, region, key, options)
                                .flatMap(found -> responses.of(found, options, wanted)))
                .onItem().invoke(response -> {
                    if (response.getEntity() instanceof PacedBody body) {
                        body.respondTo(request, maxUnreadMs, share::close);
                        if (request.response().closed()) {
                            body.close();
                        }
                    } else {
                        share.close();
                    }
                }).onFailure().invoke(share::close)
                // The REST layer cancels when the client has disconnected.
                .onCancellation().invoke(share::close);
    }

    /** A header field with several lines is one list (RFC 9110, section 5.3); null if the request has none. */
    private static @Nullable String list(HttpServerRequest request, String name) {
        List<String> lines = request.headers().getAll(name);
        return lines.isEmpty() ? null : String.join(",", lines);
    }
}
