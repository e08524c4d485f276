package dev.millrace.cache;

import java.util.List;

import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;

import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonInclude;

import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.mutiny.Uni;

import dev.millrace.auth.CurrentCaller;
import dev.millrace.auth.RequiresScope;
import dev.millrace.auth.Scopes;
import dev.millrace.cache.KeyList.ListedKey;
import dev.millrace.http.NoStore;
import dev.millrace.http.Page;
import dev.millrace.http.problem.ApiException;
import dev.millrace.http.problem.ErrorCode;

/** Lists the keys of a region, for consoles and to look for mistakes. */
@Path("/v1/cache/{region}")
@Produces(MediaType.APPLICATION_JSON)
@RequiresScope(Scopes.CACHE_READ)
@NoStore
@Tag(name = "Caching")
public class KeysResource {

    private final KeyList keys;
    private final Regions regions;
    private final CurrentCaller caller;

    KeysResource(KeyList keys, Regions regions, CurrentCaller caller) {
        this.keys = keys;
        this.regions = regions;
        this.caller = caller;
    }

    /** A key and its entry, without the body. */
    @RegisterForReflection
    @Schema(name = "CacheKey")
    public record CacheKeyView(@Schema(examples = "sku-1") String key,
            @Schema(description = "`fresh`, `stale`, or `stale-if-error`", examples = "fresh") String status,
            @Schema(description = "Of the body as it is stored, which may be compressed", examples = "512") long bytes,
            @Schema(description = "Seconds since it was stored", examples = "12") long age,
            @Schema(description = "Seconds for which it is fresh; negative after that", examples = "588") long ttl,
            @Schema(description = "Absent for a cached \"not found\"", examples = "application/json") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String contentType,
            @Schema(examples = "\"XQL0wf5ZFt6QwbaJcgKf\"") String etag,
            @Schema(description = "Whether it is a cached \"not found\"", examples = "false") boolean nothing,
            @Schema(examples = "[\"brand-7\"]") List<String> tags) {

        static CacheKeyView of(ListedKey k) {
            boolean nothing = k.coding() == BodyCoding.NOTHING;
            String status = switch (k.state()) {
                case STALE -> "stale";
                case STALE_ON_ERROR -> "stale-if-error";
                default -> "fresh";
            };
            return new CacheKeyView(k.key(), status, k.bytes(), Math.max(0, (k.ms() - k.stored()) / 1000),
                    Math.floorDiv(k.fresh() - k.ms(), 1000L), nothing ? null : k.type(), '"' + k.etag() + '"', nothing,
                    k.tags());
        }
    }

    @GET
    @Operation(operationId = "listCacheKeys", summary = "List the keys of a region", description = "For a region whose definition has `listKeys`. Lists what was stored since then and can still be served, in the order in which it ends.")
    @APIResponse(responseCode = "200", description = "One page; it may be shorter than `limit`, or empty, although it has a `nextCursor`")
    @APIResponse(responseCode = "409", description = "The region does not list its keys")
    public Uni<Page<CacheKeyView>> list(@PathParam("region") String region,
            @Parameter(description = "Items on a page, 1 to 500") @QueryParam("limit") @DefaultValue("50") int limit,
            @Parameter(description = "`nextCursor` of the previous page") @QueryParam("cursor") @Nullable String cursor) {
        CacheResource.checkedRegion(region);
        Page.requireLimit(limit);
        String tenant = caller.tenant();
        return regions.get(tenant, region).flatMap(settings -> {
            if (!settings.listKeys()) {
                throw new ApiException(ErrorCode.REGION_NOT_LISTED,
                        "Define the region with `\"listKeys\":true`. It lists what is stored from then on");
            }
            return keys.page(tenant, region, limit, cursor)
                    .map(page -> new Page<>(page.items().stream().map(CacheKeyView::of).toList(), page.nextCursor()));
        });
    }
}
