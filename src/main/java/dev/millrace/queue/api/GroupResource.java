package dev.millrace.queue.api;

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

import io.smallrye.mutiny.Uni;

import dev.millrace.auth.CurrentCaller;
import dev.millrace.auth.RequiresScope;
import dev.millrace.auth.Scopes;
import dev.millrace.http.NoStore;
import dev.millrace.http.Page;
import dev.millrace.http.problem.ApiException;
import dev.millrace.queue.QueueGroups;
import dev.millrace.queue.model.GroupDefinition;
import dev.millrace.queue.model.QueueName;
import dev.millrace.redis.Keys;
import dev.millrace.settings.DefinitionRequests;

/** The limits of groups of jobs of a queue. */
@Path("/v1/queues/{queue}/groups")
@Produces(MediaType.APPLICATION_JSON)
@RequiresScope(Scopes.ADMIN)
@NoStore
@Tag(name = "Job queues")
public class GroupResource {

    private static final String EXAMPLE = "{\"concurrency\":3,\"rate\":{\"limit\":10,\"window\":\"1s\"}}";

    private final QueueGroups groups;
    private final CurrentCaller caller;

    GroupResource(QueueGroups groups, CurrentCaller caller) {
        this.groups = groups;
        this.caller = caller;
    }

    @PUT
    @Path("{group}")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(operationId = "putQueueGroup", summary = "Set a group's limits", description = "They hold at once, for each job that is handed out, in place of the queue's limits for groups. Absent fields take their defaults: one job at a time, no rate.")
    @RequestBody(content = @Content(schema = @Schema(implementation = GroupDefinition.class), examples = @ExampleObject(name = "a large customer", value = EXAMPLE)))
    @APIResponse(responseCode = "201", description = "The limits were created", content = @Content(schema = @Schema(implementation = GroupView.class)))
    @APIResponse(responseCode = "200", description = "Replaced", content = @Content(schema = @Schema(implementation = GroupView.class)))
    @APIResponse(responseCode = "409", description = "100,000 groups of the queue have limits of their own")
    public Uni<RestResponse<GroupView>> put(@PathParam("queue") String queue, @PathParam("group") String group,
            @Nullable GroupDefinition body) {
        QueueName where = QueueName.of(caller.tenant(), queue);
        GroupDefinition limits = DefinitionRequests.valid(body, "the limits of a group", GroupDefinition::violations);
        return groups.put(where, checked(group), limits)
                .flatMap(put -> groups.get(where, group).map(GroupView::of).map(view -> DefinitionRequests.stored(put,
                        "/v1/queues/" + queue + "/groups/", group, view)));
    }

    @GET
    @Path("{group}")
    @RequiresScope({Scopes.QUEUES_READ, Scopes.ADMIN_READ})
    @Operation(operationId = "getQueueGroup", summary = "Get a group", description = "Returns the limits that hold for a group, and how many of its jobs wait behind others. A group without its own limits has those of the queue.")
    @APIResponse(responseCode = "200", description = "The group", content = @Content(schema = @Schema(implementation = GroupView.class)))
    public Uni<GroupView> get(@PathParam("queue") String queue, @PathParam("group") String group) {
        return groups.get(QueueName.of(caller.tenant(), queue), checked(group)).map(GroupView::of);
    }

    @GET
    @RequiresScope({Scopes.QUEUES_READ, Scopes.ADMIN_READ})
    @Operation(operationId = "listQueueGroups", summary = "List groups with limits", description = "Lists the groups that have limits of their own, by name.")
    @APIResponse(responseCode = "200", description = "One page")
    public Uni<Page<GroupView>> list(@PathParam("queue") String queue,
            @Parameter(description = "Maximum number of items on a page, 1 to 500") @QueryParam("limit") @DefaultValue("50") int limit,
            @Parameter(description = "`nextCursor` of the previous page") @QueryParam("cursor") String cursor) {
        return groups.list(QueueName.of(caller.tenant(), queue), limit, cursor)
                .map(page -> new Page<>(page.items().stream().map(GroupView::of).toList(), page.nextCursor()));
    }

    @DELETE
    @Path("{group}")
    @Operation(operationId = "deleteQueueGroup", summary = "Remove a group's limits", description = "The limits of the queue for groups hold again, at once. Jobs are not removed.")
    @APIResponse(responseCode = "204", description = "The group has no limits of its own")
    public Uni<Void> delete(@PathParam("queue") String queue, @PathParam("group") String group) {
        return groups.delete(QueueName.of(caller.tenant(), queue), checked(group));
    }

    private static String checked(String group) {
        String problem = Keys.pathIdentifierProblem(group);
        if (problem != null) {
            throw ApiException.invalid("group", problem);
        }
        return group;
    }
}
