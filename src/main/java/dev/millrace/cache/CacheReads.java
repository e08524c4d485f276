package dev.millrace.cache;

import jakarta.inject.Singleton;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;

import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;

import dev.millrace.cache.CacheService.Reading;
import dev.millrace.redis.RedisUnavailableException;

/** Reads as they come over HTTP, by whichever way: from the cache, or through it from the region's origin. */
@Singleton
class CacheReads {

    private final CacheService service;
    private final Regions regions;
    private final ReadThrough readThrough;
    private final CacheResponse responses;

    CacheReads(CacheService service, Regions regions, ReadThrough readThrough, CacheResponse responses) {
        this.service = service;
        this.regions = regions;
        this.readThrough = readThrough;
        this.responses = responses;
    }

    /** The answer to a GET or HEAD; {@code leaseMs} and {@code waitMs} are 0 for none. */
    Uni<Response> answer(String tenant, String region, String key, long leaseMs, long waitMs,
            HttpServerRequest request) {
        boolean head = request.method() == HttpMethod.HEAD;
        boolean onError = CacheDirectives.parse(request.getHeader(HttpHeaders.CACHE_CONTROL)).has("stale-if-error");
        boolean takesGzip = CacheResponse.takesGzip(request.getHeader(HttpHeaders.ACCEPT_ENCODING));
        Reading reading = new Reading(leaseMs, waitMs, onError,
                CacheResponse.etags(request.getHeader(HttpHeaders.IF_NONE_MATCH)), !head);
        return regions.get(tenant, region).onFailure(RedisUnavailableException.class).recoverWithNull()
                .flatMap(settings -> settings != null && settings.origin() != null
                        ? readThrough.get(tenant, region, key, settings, reading)
                                .flatMap(outcome -> responses.of(outcome, reading, takesGzip, head))
                        : service.get(tenant, region, key, reading)
                                .flatMap(found -> responses.of(found, reading, takesGzip, head)));
    }
}
