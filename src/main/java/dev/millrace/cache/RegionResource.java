package dev.millrace.cache;

import java.net.URI;
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
import org.jboss.resteasy.reactive.RestResponse.ResponseBuilder;

import com.fasterxml.jackson.annotation.JsonInclude;

import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.mutiny.Uni;

import dev.millrace.auth.CurrentCaller;
import dev.millrace.auth.RequiresScope;
import dev.millrace.auth.Scopes;
import dev.millrace.http.Page;
import dev.millrace.http.problem.ApiException;
import dev.millrace.http.problem.Violation;
import dev.millrace.settings.PutResult;

/** Defaults of the cache's regions. A region needs none. */
@Path("/v1/cache/regions")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Caching")
public class RegionResource {

    private static final String EXAMPLE = "{\"ttl\":\"10m\",\"swr\":\"1m\",\"sie\":\"1h\",\"negativeTtl\":\"30s\",\"jitter\":0.1}";

    private final Regions regions;
    private final CurrentCaller caller;

    RegionResource(Regions regions, CurrentCaller caller) {
        this.regions = regions;
        this.caller = caller;
    }

    /** What is in force in a region. */
    @RegisterForReflection
    @Schema(name = "CacheRegionView")
    public record View(@Schema(examples = "products") String region, long ttlMs, long swrMs, long sieMs,
            long negativeTtlMs,
            int maxValueBytes, int compressAbove, double jitter,
            @JsonInclude(JsonInclude.Include.NON_NULL) String origin) {

        static View of(String name, Region r) {
            return new View(name, r.ttlMs(), r.swrMs(), r.sieMs(), r.negativeTtlMs(), r.maxValueBytes(),
                    r.compressAbove(),
                    r.jitter(), r.origin() == null ? null : r.origin().template());
        }
    }

    @PUT
    @Path("{region}")
    @Consumes(MediaType.APPLICATION_JSON)
    @RequiresScope(Scopes.ADMIN)
    @Operation(summary = "Define a region", description = "What holds for entries that say nothing else. Every replica follows within 1 s; entries that are stored already keep what they have.")
    @RequestBody(content = @Content(schema = @Schema(implementation = RegionDefinition.class), examples = @ExampleObject(name = "products", value = EXAMPLE)))
    @APIResponse(responseCode = "201", description = "Created", content = @Content(schema = @Schema(implementation = View.class)))
    @APIResponse(responseCode = "200", description = "Replaced", content = @Content(schema = @Schema(implementation = View.class)))
    @APIResponse(responseCode = "409", description = "There are too many")
    public Uni<RestResponse<View>> put(@PathParam("region") String region, RegionDefinition definition) {
        CacheResource.checkedRegion(region);
        if (definition == null) {
            throw ApiException.invalid("", "The body must be a region");
        }
        List<Violation> violations = definition.violations();
        if (!violations.isEmpty()) {
            throw ApiException.invalid(violations);
        }
        View view = View.of(region, regions.read(definition));
        return regions.put(caller.tenant(), region, definition).map(put -> put == PutResult.CREATED
                ? ResponseBuilder.<View>created(URI.create("/v1/cache/regions/" + region)).entity(view).build()
                : RestResponse.ok(view));
    }

    @GET
    @Path("{region}")
    @RequiresScope({Scopes.ADMIN_READ, Scopes.CACHE_READ})
    @Operation(summary = "Read a region")
    @APIResponse(responseCode = "200", description = "What is in force", content = @Content(schema = @Schema(implementation = View.class)))
    @APIResponse(responseCode = "404", description = "Nobody defined it")
    public Uni<View> get(@PathParam("region") String region) {
        return regions.defined(caller.tenant(), CacheResource.checkedRegion(region))
                .map(found -> View.of(region, found));
    }

    @GET
    @RequiresScope({Scopes.ADMIN_READ, Scopes.CACHE_READ})
    @Operation(summary = "List regions", description = "Those that were defined, by name.")
    @APIResponse(responseCode = "200", description = "One page")
    public Uni<Page<View>> list(
            @Parameter(description = "Items on a page, 1 to 500") @QueryParam("limit") @DefaultValue("50") int limit,
            @Parameter(description = "`nextCursor` of the page before") @QueryParam("cursor") String cursor) {
        return regions.all(caller.tenant()).map(all -> Page.of(all.entrySet().stream()
                .map(entry -> View.of(entry.getKey(), entry.getValue())).toList(), View::region, limit, cursor));
    }

    @DELETE
    @Path("{region}")
    @RequiresScope(Scopes.ADMIN)
    @Operation(summary = "Forget a region's definition", description = "Its entries stay; new ones have the defaults. To hide the entries, purge the region.")
    @APIResponse(responseCode = "204", description = "Forgotten")
    @APIResponse(responseCode = "404", description = "Nobody defined it")
    public Uni<Void> delete(@PathParam("region") String region) {
        return regions.delete(caller.tenant(), CacheResource.checkedRegion(region));
    }
}
