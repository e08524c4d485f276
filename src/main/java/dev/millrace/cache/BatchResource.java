package dev.millrace.cache;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;

import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonInclude;

import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;

import dev.millrace.auth.CurrentCaller;
import dev.millrace.auth.RequiresScope;
import dev.millrace.auth.Scopes;
import dev.millrace.encoding.MediaTypes;
import dev.millrace.http.NoStore;
import dev.millrace.http.json.Validated;
import dev.millrace.http.problem.ApiException;
import dev.millrace.http.problem.ErrorCode;
import dev.millrace.http.problem.Violation;
import dev.millrace.memory.FairBudget;
import dev.millrace.memory.MemoryBudgets;
import dev.millrace.redis.Keys;

/** Many entries of a region in one call. */
@Path("/v1/cache/{region}")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RequiresScope(Scopes.CACHE_READ)
@NoStore
@Tag(name = "Caching")
public class BatchResource {

    private static final int MAX_KEYS = 100;
    /** Bytes of all bodies of a response; entries beyond that are left out, for the caller to read one by one. */
    private static final int MAX_BYTES = 8 * 1024 * 1024;
    private static final String LEFT_OUT = "left-out";
    private static final ReadOptions NO_BODY = ReadOptions.PLAIN.withBody(false);

    private final CacheService service;
    private final Regions regions;
    private final CurrentCaller caller;
    private final FairBudget memory;

    BatchResource(CacheService service, Regions regions, CurrentCaller caller, MemoryBudgets budgets) {
        this.service = service;
        this.regions = regions;
        this.memory = budgets.responses();
        this.caller = caller;
    }

    /** The keys to read. */
    @RegisterForReflection
    @Schema(name = "CacheBatch")
    public record BatchRequest(
            @Schema(description = "1 to 100 keys", required = true, examples = "[\"a\",\"b\"]") @Nullable List<String> get)
            implements
                Validated {

        @Override
        public List<Violation> violations() {
            if (get == null || get.isEmpty() || get.size() > MAX_KEYS) {
                return List.of(new Violation("get", "must have 1 to " + MAX_KEYS + " keys"));
            }
            List<Violation> found = new ArrayList<>(0);
            for (int i = 0; i < get.size(); i++) {
                String problem = Keys.pathIdentifierProblem(get.get(i));
                if (problem != null) {
                    found.add(new Violation("get[" + i + "]", problem));
                }
            }
            return found;
        }
    }

    /** One entry. */
    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "CacheItem")
    public record BatchItem(@Schema(examples = "a") String key,
            @Schema(description = "`hit`, `stale`, `nothing`, `miss`, or `left-out` if the response would be too large", examples = "hit") String status,
            @Schema(examples = "application/json") @Nullable String contentType, @Nullable String etag,
            @Schema(description = "Seconds since it was stored", examples = "12") @Nullable Long age,
            @Schema(description = "The body, if it is text in UTF-8") @Nullable String text,
            @Schema(description = "The body in base64, if it is not") @Nullable String base64) {

        static BatchItem without(String key, String status) {
            return new BatchItem(key, status, null, null, null, null, null);
        }
    }

    /** The entries in the order of the keys. */
    @RegisterForReflection
    @Schema(name = "CacheItems")
    public record BatchItems(List<BatchItem> items) {}

    @POST
    @Path("batch")
    @Operation(operationId = "readCacheEntries", summary = "Read many entries", description = "Reads up to 100 entries in one call. Always returns 200: check each entry's `status`.")
    @RequestBody(content = @Content(schema = @Schema(implementation = BatchRequest.class), examples = @ExampleObject(name = "two", value = "{\"get\":[\"a\",\"b\"]}")))
    @APIResponse(responseCode = "200", description = "An entry per key, in order", content = @Content(schema = @Schema(implementation = BatchItems.class)))
    public Uni<BatchItems> read(@PathParam("region") String region, @Nullable BatchRequest batch,
            @Context HttpServerRequest request) {
        CacheResource.checkedRegion(region);
        List<Violation> violations = (batch == null ? new BatchRequest(null) : batch).violations();
        List<String> keys = batch == null ? null : batch.get();
        if (keys == null || !violations.isEmpty()) {
            throw ApiException.invalid(violations);
        }
        String tenant = caller.tenant();
        FairBudget.Share share = memory.share(caller.get().keyId());
        MultiMap fields = request.headers();
        return regions.getIfAvailable(tenant, region).flatMap(known -> known == null
                ? Uni.createFrom().item(misses(region, keys))
                : items(tenant, region, keys, Variant.of(known, fields).id(known), share))
                .onTermination().invoke(share::close);
    }

    /** Redis is unavailable before a variant is selected. */
    private BatchItems misses(String region, List<String> keys) {
        return new BatchItems(keys.stream().map(key -> {
            service.unavailable(region);
            return BatchItem.without(key, "miss");
        }).toList());
    }

    private Uni<BatchItems> items(String tenant, String region, List<String> keys, String variant,
            FairBudget.Share share) {
        ReadOptions whole = ReadOptions.PLAIN.withShare(share).withVariant(variant);
        ReadOptions withoutBody = NO_BODY.withVariant(variant);
        int[] bytes = new int[1];
        return Multi.createFrom().iterable(keys).onItem()
                .transformToUni(
                        key -> service.get(tenant, region, key, bytes[0] > MAX_BYTES ? withoutBody : whole)
                                .flatMap(found -> item(key, found, bytes, share))
                                .onFailure(BatchResource::isOverloaded)
                                .recoverWithItem(() -> BatchItem.without(key, LEFT_OUT)))
                .concatenate().collect().asList().map(BatchItems::new);
    }

    /** There is no memory for this entry now; the caller reads it by itself. */
    private static boolean isOverloaded(Throwable failure) {
        return failure instanceof ApiException e && e.code() == ErrorCode.OVERLOADED;
    }

    private Uni<BatchItem> item(String key, @Nullable ReadResult found, int[] bytes, FairBudget.Share share) {
        if (found == null || !found.lookup().isHit()) {
            return Uni.createFrom().item(BatchItem.without(key, "miss"));
        }
        Lookup lookup = found.lookup();
        if (lookup.coding() == BodyCoding.NOTHING) {
            return Uni.createFrom().item(BatchItem.without(key, "nothing"));
        }
        if (lookup.body() == null || StoredHead.decode(lookup.head()).status() >= 300) {
            return Uni.createFrom().item(BatchItem.without(key, LEFT_OUT));
        }
        return service.readableUpTo(lookup, MAX_BYTES - bytes[0]).map(body -> {
            bytes[0] += body == null ? MAX_BYTES + 1 : body.length;
            return body == null || !share.take(body.length)
                    ? BatchItem.without(key, LEFT_OUT)
                    : item(key, lookup, body);
        });
    }

    private static BatchItem item(String key, Lookup lookup, byte[] body) {
        String text = text(body);
        return new BatchItem(key, lookup.state() == EntryState.FRESH ? "hit" : "stale",
                MediaTypes.orOctets(lookup.type()),
                (StoredHead.decode(lookup.head()).isWeak() ? "W/" : "") + '"' + lookup.etag() + '"',
                Math.max(0, (lookup.ms() - lookup.stored()) / 1000), text,
                text == null ? Base64.getEncoder().encodeToString(body) : null);
    }

    /** The body as text; null if it is not UTF-8. */
    private static @Nullable String text(byte[] body) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }
}
