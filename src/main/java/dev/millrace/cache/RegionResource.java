package dev.millrace.cache;

import java.util.List;

import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;

import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonInclude;

import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.mutiny.Uni;

import dev.millrace.auth.CurrentCaller;
import dev.millrace.auth.RequiresScope;
import dev.millrace.auth.Scopes;
import dev.millrace.http.NoStore;
import dev.millrace.http.Page;
import dev.millrace.http.route.Caller;
import dev.millrace.settings.DefinitionRequests;

/** Defines, reads, lists and deletes regions. A region needs no definition. */
@Path("/v1/cache/regions")
@Produces(MediaType.APPLICATION_JSON)
@NoStore
@Tag(name = "Caching")
public class RegionResource {

    private static final String EXAMPLE = "{\"ttl\":\"10m\",\"swr\":\"1m\",\"sie\":\"1h\",\"negativeTtl\":\"30s\",\"jitter\":0.1}";

    private final Regions regions;
    private final CurrentCaller caller;

    RegionResource(Regions regions, CurrentCaller caller) {
        this.regions = regions;
        this.caller = caller;
    }

    /** The settings in force in a region. */
    @RegisterForReflection
    @Schema(name = "CacheRegionView")
    public record RegionView(@Schema(examples = "products") String region, long ttlMs, long swrMs, long sieMs,
            long negativeTtlMs,
            int maxValueBytes, int compressAbove, double jitter,
            @Schema(description = "Without its query, which may contain a secret, unless the key has the scope `admin:read`") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String origin,
            @Schema(description = "Absent if false") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Boolean stripSetCookie,
            @Schema(description = "Absent if there are none") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<String> vary,
            @Schema(description = "Absent if false") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Boolean listKeys) {

        static RegionView of(String name, Region r, Caller caller) {
            Origin origin = r.origin();
            return new RegionView(name, r.ttlMs(), r.swrMs(), r.sieMs(), r.negativeTtlMs(), r.maxValueBytes(),
                    r.compressAbove(),
                    r.jitter(),
                    origin == null ? null : caller.may(Scopes.ADMIN_READ) ? origin.template() : origin.withoutQuery(),
                    r.stripSetCookie() ? true : null, r.vary().isEmpty() ? null : r.vary(),
                    r.listKeys() ? true : null);
        }
    }

    @PUT
    @Path("{region}")
    @Consumes(MediaType.APPLICATION_JSON)
    @RequiresScope(Scopes.ADMIN)
    @Operation(operationId = "defineRegion", summary = "Define a region", description = "Sets the defaults of the region's entries. Every replica applies them within 1 s. Entries that are stored already keep their times.")
    @RequestBody(content = @Content(schema = @Schema(implementation = RegionDefinition.class), examples = @ExampleObject(name = "products", value = EXAMPLE)))
    @APIResponse(responseCode = "201", description = "Created", content = @Content(schema = @Schema(implementation = RegionView.class)))
    @APIResponse(responseCode = "200", description = "Replaced", content = @Content(schema = @Schema(implementation = RegionView.class)))
    @APIResponse(responseCode = "409", description = "There are too many")
    public Uni<RestResponse<RegionView>> put(@PathParam("region") String region,
            @Nullable RegionDefinition body) {
        CacheResource.checkedRegion(region);
        RegionDefinition definition = DefinitionRequests.valid(body, "a region", RegionDefinition::violations);
        RegionView view = RegionView.of(region, regions.read(definition), caller.get());
        return regions.put(caller.tenant(), region, definition)
                .map(put -> DefinitionRequests.stored(put, "/v1/cache/regions/", region, view));
    }

    @GET
    @Path("{region}")
    @RequiresScope({Scopes.ADMIN_READ, Scopes.CACHE_READ})
    @Operation(operationId = "getRegion", summary = "Read a region", description = "Returns the definition. A region without one has the defaults, and returns 404 here.")
    @APIResponse(responseCode = "200", description = "The settings in force", content = @Content(schema = @Schema(implementation = RegionView.class)))
    @APIResponse(responseCode = "404", description = "There is no definition of the region")
    public Uni<RegionView> get(@PathParam("region") String region) {
        Caller reader = caller.get();
        return regions.defined(reader.tenant(), CacheResource.checkedRegion(region))
                .map(found -> RegionView.of(region, found, reader));
    }

    @GET
    @RequiresScope({Scopes.ADMIN_READ, Scopes.CACHE_READ})
    @Operation(operationId = "listRegions", summary = "List regions", description = "By name, those with a definition.")
    @APIResponse(responseCode = "200", description = "One page")
    public Uni<Page<RegionView>> list(
            @Parameter(description = "Items on a page, 1 to 500") @QueryParam("limit") @DefaultValue("50") int limit,
            @Parameter(description = "`nextCursor` of the previous page") @QueryParam("cursor") String cursor) {
        Caller reader = caller.get();
        return regions.all(reader.tenant()).map(all -> Page.of(all.entrySet().stream()
                .map(entry -> RegionView.of(entry.getKey(), entry.getValue(), reader)).toList(), RegionView::region,
                limit,
                cursor));
    }

    @DELETE
    @Path("{region}")
    @RequiresScope(Scopes.ADMIN)
    @Operation(operationId = "deleteRegion", summary = "Delete a region's definition", description = "The entries stay, and new entries have the defaults. To hide the entries, purge the region.")
    @APIResponse(responseCode = "204", description = "Deleted")
    @APIResponse(responseCode = "404", description = "There is no definition of the region")
    public Uni<Void> delete(@PathParam("region") String region) {
        return regions.delete(caller.tenant(), CacheResource.checkedRegion(region));
    }
}
