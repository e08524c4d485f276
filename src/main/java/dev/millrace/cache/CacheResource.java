package dev.millrace.cache;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.server.core.CurrentRequestManager;
import org.jboss.resteasy.reactive.server.core.ResteasyReactiveRequestContext;
import org.jspecify.annotations.Nullable;

import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpServerRequest;

import dev.millrace.auth.CurrentCaller;
import dev.millrace.auth.RequiresScope;
import dev.millrace.auth.Scopes;
import dev.millrace.encoding.MediaTypes;
import dev.millrace.http.body.PacedBody;
import dev.millrace.http.json.DurationJson;
import dev.millrace.http.problem.ApiException;
import dev.millrace.http.problem.ErrorCode;
import dev.millrace.redis.Keys;

/** Stores, reads and deletes an entry; purges a region or a tag. */
@Path("/v1/cache/{region}")
@RequiresScope(Scopes.CACHE)
@Tag(name = "Caching")
public class CacheResource {

    /** Not the name of a region, because it is part of other paths. */
    static final String RESERVED = "regions";
    private static final String CACHE_TAG = "Cache-Tag";
    private static final String CACHE_LEASE = "Cache-Lease";
    private static final String CONTENT_RANGE = "Content-Range";
    private static final String IF_MATCH_IS = "Only if the present entry has one of these tags, or for `*` if there is one";
    private static final String IF_NONE_MATCH_IS = "Only if the present entry has none of these tags, or for `*` if there is none";
    /** Of one entry. */
    static final int MAX_TAGS = 32;
    private static final Pattern TAG = Pattern.compile("[!-+\\--~]{1,128}");
    private static final Pattern LEASE = Pattern.compile("[A-Za-z0-9_-]{22}");

    private final CacheService service;
    private final CacheReads reads;
    private final CurrentCaller caller;

    CacheResource(CacheService service, CacheReads reads, CurrentCaller caller) {
        this.service = service;
        this.reads = reads;
        this.caller = caller;
    }

    @PUT
    @Path("{key}")
    @Consumes(MediaType.WILDCARD)
    @Operation(operationId = "putCacheEntry", summary = "Store an entry", description = "Stores any body with its Content-Type. With the `Cache-Lease` of a read, stores only while that lease is valid.")
    @RequestBody(content = @Content(mediaType = MediaType.WILDCARD, schema = @Schema(type = SchemaType.STRING, format = "binary")))
    @APIResponse(responseCode = "204", description = "Stored; `ETag` is the entry's tag")
    @APIResponse(responseCode = "409", description = "`lease-void`, or `variant-limit` for a variant too many; nothing was stored")
    @APIResponse(responseCode = "412", description = "A precondition is not met; nothing was stored")
    @APIResponse(responseCode = "413", description = "The body is larger than the region allows")
    public Uni<Response> put(@PathParam("region") String region, @PathParam("key") String key, byte @Nullable [] body,
            @Parameter(description = "`true` stores a cached \"not found\" (a negative entry); send no body") @QueryParam("nothing") @Nullable String nothing,
            @Parameter(description = "max-age, stale-while-revalidate, stale-if-error") @HeaderParam(HttpHeaders.CACHE_CONTROL) List<String> cacheControl,
            @Parameter(description = "Up to 32 names, separated by commas") @HeaderParam(CACHE_TAG) List<String> tags,
            @Parameter(description = "The lease that a read returned") @HeaderParam(CACHE_LEASE) @Nullable String lease,
            @Parameter(description = IF_MATCH_IS) @HeaderParam(HttpHeaders.IF_MATCH) @Nullable String ifMatch,
            @Parameter(description = IF_NONE_MATCH_IS) @HeaderParam(HttpHeaders.IF_NONE_MATCH) @Nullable String ifNoneMatch,
            @Context HttpServerRequest request) {
        byte[] bytes = body == null ? new byte[0] : body;
        boolean isNothing = flag(request, "nothing", nothing);
        if (isNothing && bytes.length > 0) {
            throw ApiException.invalid("nothing", "must be sent with an empty body");
        }
        CacheDirectives directives = CacheDirectives.ofWrite(cacheControl, request);
        if (directives.control().isMalformed()) {
            throw ApiException.invalid(HttpHeaders.CACHE_CONTROL,
                    "must be directives separated by commas, such as max-age=60, stale-if-error=600");
        }
        if (directives.has("no-store") || directives.has("private") || directives.has("no-cache")) {
            throw ApiException.invalid(HttpHeaders.CACHE_CONTROL,
                    "must not be no-store, private or no-cache: such a value may not be served from a cache. Send max-age, or leave it out");
        }
        if (request.headers().contains(CONTENT_RANGE)) {
            throw ApiException.invalid(CONTENT_RANGE,
                    "must not be sent: a part cannot be stored, send the whole value");
        }
        requireLease(lease, request);
        WriteRequest write = WriteRequest.of(bytes, type(request), directives).withGzip(gzip(request))
                .withNothing(isNothing).withTags(tags(String.join(",", tags))).withLease(lease)
                .withConditions(Preconditions.of(request.headers())).withFields(request.headers());
        return service.put(caller.tenant(), checkedRegion(region), checkedKey(key), write)
                .map(etag -> Response.noContent().header(HttpHeaders.ETAG, '"' + etag + '"').build());
    }

    @GET
    @Path("{key}")
    @RequiresScope(Scopes.CACHE_READ)
    @Operation(operationId = "getCacheEntry", summary = "Read an entry", description = "Returns the body as stored. With `lease`, the first caller that misses gets 404 with `Cache-Lease` and computes the value. Other callers get the stale value, wait up to `wait`, or get 404 with `Retry-After`.")
    @Parameter(in = ParameterIn.HEADER, name = HttpHeaders.IF_NONE_MATCH, description = "304 if the entry has one of these tags, or for `*`", schema = @Schema(type = SchemaType.STRING))
    @Parameter(in = ParameterIn.HEADER, name = HttpHeaders.IF_MATCH, description = "412 unless the entry has one of these tags", schema = @Schema(type = SchemaType.STRING))
    @Parameter(in = ParameterIn.HEADER, name = HttpHeaders.CACHE_CONTROL, description = "`stale-if-error`: accept also an entry that is kept for errors only", schema = @Schema(type = SchemaType.STRING))
    @APIResponse(responseCode = "200", description = "The body as stored, with ETag, Age and Cache-Status", content = @Content(mediaType = MediaType.WILDCARD, schema = @Schema(type = SchemaType.STRING, format = "binary")))
    @APIResponse(responseCode = "203", description = "As 200; the status of the region's origin", content = @Content(mediaType = MediaType.WILDCARD, schema = @Schema(type = SchemaType.STRING, format = "binary")))
    @APIResponse(responseCode = "204", description = "The region's origin answered without content")
    @APIResponse(responseCode = "301", description = "The region's origin redirects to `Location`; also 300, 302, 303, 307 and 308")
    @APIResponse(responseCode = "304", description = "The entry has not changed")
    @APIResponse(responseCode = "412", description = "The entry has none of the tags of `If-Match`, or was modified after `If-Unmodified-Since`")
    @APIResponse(responseCode = "404", description = "`cache-miss`, or `cache-nothing` for a cached \"not found\"")
    @APIResponse(responseCode = "429", description = "The region's origin asks for fewer requests: retry after `Retry-After`")
    @APIResponse(responseCode = "451", description = "The region's origin withholds the content; any other status from 400 on that is not listed is passed on as well, with `Cache-Status`")
    @APIResponse(responseCode = "502", description = "The region's origin failed, and there is no stale entry to serve")
    public Uni<Response> get(@PathParam("region") String region, @PathParam("key") String key,
            @Parameter(description = "Requests a lease on a miss; how long you may take to compute, up to 60s", example = "5s") @QueryParam("lease") @Nullable String lease,
            @Parameter(description = "How long to wait for another caller that computes, up to 30s", example = "2s") @QueryParam("wait") @Nullable String wait,
            @Context HttpServerRequest request) {
        long leaseMs = duration(request, "lease", lease, CacheService.MAX_LEASE_MS);
        long waitMs = duration(request, "wait", wait, CacheService.MAX_WAIT_MS);
        if (leaseMs > 0 && !caller.get().may(Scopes.CACHE)) {
            throw new ApiException(ErrorCode.FORBIDDEN, "A lease needs the scope cache");
        }
        if (waitMs > 0 && leaseMs == 0) {
            throw ApiException.invalid("wait", "must be sent with lease");
        }
        ResteasyReactiveRequestContext rest = CurrentRequestManager.get();
        return reads.answer(caller.get(), checkedRegion(region), checkedKey(key), leaseMs, waitMs, request)
                .invoke(response -> {
                    if (response.getEntity() instanceof PacedBody body) {
                        // Also where the REST layer does not write it.
                        rest.registerCompletionCallback(over -> body.close());
                    }
                });
    }

    @DELETE
    @Path("{key}")
    @Operation(operationId = "deleteCacheEntry", summary = "Delete an entry, or give a lease back", description = "Also voids the lease of a caller that computes the entry: a value computed before the delete is not stored. With `Cache-Lease`, deletes nothing, but gives that lease back: the entry stays, and another caller may compute it at once.")
    @APIResponse(responseCode = "204", description = "Deleted, or did not exist; or the lease is given back")
    @APIResponse(responseCode = "409", description = "The lease is void")
    @APIResponse(responseCode = "412", description = "A precondition is not met; nothing was deleted")
    public Uni<Void> delete(@PathParam("region") String region, @PathParam("key") String key,
            @Parameter(description = "A lease to give back") @HeaderParam(CACHE_LEASE) @Nullable String lease,
            @Parameter(description = IF_MATCH_IS) @HeaderParam(HttpHeaders.IF_MATCH) @Nullable String ifMatch,
            @Parameter(description = IF_NONE_MATCH_IS) @HeaderParam(HttpHeaders.IF_NONE_MATCH) @Nullable String ifNoneMatch,
            @Context HttpServerRequest request) {
        requireLease(lease, request);
        Preconditions conditions = Preconditions.of(request.headers());
        if (lease == null) {
            return service.delete(caller.tenant(), checkedRegion(region), checkedKey(key), conditions,
                    request.headers());
        }
        if (!conditions.isEmpty()) {
            throw ApiException.invalid(CACHE_LEASE,
                    "must not be sent with If-Match or If-None-Match: it deletes nothing");
        }
        return service.giveBack(caller.tenant(), checkedRegion(region), checkedKey(key), lease);
    }

    private static void requireLease(@Nullable String lease, HttpServerRequest request) {
        if (lease == null ? request.headers().contains(CACHE_LEASE) : !LEASE.matcher(lease).matches()) {
            throw ApiException.invalid(CACHE_LEASE, "must be a lease that a read returned");
        }
    }

    @DELETE
    @Operation(operationId = "purgeCache", summary = "Purge a region, or a tag", description = "Hides all present entries of the region, or those with the tag. Takes the same time for any number of entries.")
    @APIResponse(responseCode = "204", description = "Purged")
    public Uni<Void> purge(@PathParam("region") String region,
            @Parameter(description = "Only the entries with this tag", example = "user-42") @QueryParam("tag") @Nullable String tag,
            @Context HttpServerRequest request) {
        if (tag == null && request.query() != null) {
            throw ApiException.invalid("tag", "must not be empty, and no other parameter is allowed");
        }
        for (String field : List.of(CACHE_LEASE, HttpHeaders.IF_MATCH, HttpHeaders.IF_NONE_MATCH)) {
            if (request.headers().contains(field)) {
                throw ApiException.invalid(field, "must not be sent with a purge: it is about one entry");
            }
        }
        if (request.params().getAll("tag").size() > 1) {
            throw ApiException.invalid("tag", "must be sent once: send a request for each tag");
        }
        return tag == null
                ? service.purgeRegion(caller.tenant(), checkedRegion(region))
                : service.purgeTag(caller.tenant(), checkedRegion(region), checkedTag("tag", tag));
    }

    static String checkedRegion(String region) {
        if (!Keys.isName(region) || region.equals(RESERVED)) {
            throw ApiException.invalid("region", "must match [A-Za-z0-9._-]{1,64} and not be " + RESERVED);
        }
        return region;
    }

    static String checkedKey(String key) {
        String problem = Keys.pathIdentifierProblem(key);
        if (problem != null) {
            throw ApiException.invalid("key", problem);
        }
        return key;
    }

    static boolean isTag(String tag) {
        return TAG.matcher(tag).matches();
    }

    private static String checkedTag(String field, String tag) {
        if (!isTag(tag)) {
            throw ApiException.invalid(field, "must have 1 to 128 visible ASCII characters, without commas and blanks");
        }
        return tag;
    }

    private static List<String> tags(String header) {
        List<String> tags = new ArrayList<>();
        for (String tag : header.split(",")) {
            if (!tag.isBlank()) {
                tags.add(checkedTag(CACHE_TAG, tag.strip()));
            }
        }
        if (tags.size() > MAX_TAGS) {
            throw ApiException.invalid(CACHE_TAG, "must have at most " + MAX_TAGS + " names");
        }
        return tags;
    }

    private static String type(HttpServerRequest request) {
        List<String> types = request.headers().getAll(HttpHeaders.CONTENT_TYPE);
        if (types.isEmpty()) {
            return MediaTypes.OCTETS;
        }
        if (types.size() > 1 || !MediaTypes.isMediaType(types.get(0))) {
            throw ApiException.invalid(HttpHeaders.CONTENT_TYPE, "must be one media type of at most "
                    + MediaTypes.MAX_LENGTH + " characters, such as application/json");
        }
        return types.get(0);
    }

    private static boolean gzip(HttpServerRequest request) {
        String coding = request.getHeader(HttpHeaders.CONTENT_ENCODING);
        if (coding == null || coding.strip().equalsIgnoreCase("identity")) {
            return false;
        }
        if (!BodyCoding.isGzip(coding)) {
            throw new ApiException(ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                    "Send `Content-Encoding: gzip`, or no Content-Encoding");
        }
        return true;
    }

    /** The REST layer gives an empty parameter as null, as if it were absent. */
    private static void requireNotEmpty(HttpServerRequest request, String name, @Nullable String value) {
        if (value == null && request.params().contains(name)) {
            throw ApiException.invalid(name, "must not be empty");
        }
    }

    private static boolean flag(HttpServerRequest request, String name, @Nullable String value) {
        requireNotEmpty(request, name, value);
        if (value != null && !value.equals("true") && !value.equals("false")) {
            throw ApiException.invalid(name, "must be true or false");
        }
        return "true".equals(value);
    }

    private static long duration(HttpServerRequest request, String field, @Nullable String value, long most) {
        requireNotEmpty(request, field, value);
        if (value == null) {
            return 0;
        }
        Duration duration;
        try {
            duration = value.matches("\\d{1,12}")
                    ? Duration.ofMillis(Long.parseLong(value))
                    : DurationJson.parse(value);
        } catch (IllegalArgumentException e) {
            throw ApiException.invalid(field, requireNonNull(e.getMessage()));
        }
        if (duration.toMillis() < 1 || duration.toMillis() > most) {
            throw ApiException.invalid(field, "must be between 1 ms and " + most / 1000 + " s");
        }
        return duration.toMillis();
    }
}
