package dev.millrace.queue.api;

import static java.util.Objects.requireNonNull;

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
import dev.millrace.queue.Payloads;
import dev.millrace.queue.model.QueueName;
import dev.millrace.queue.schedule.ScheduleDefinition;
import dev.millrace.queue.schedule.Schedules;
import dev.millrace.redis.Keys;
import dev.millrace.settings.DefinitionRequests;

/** Recurring jobs of a queue. */
@Path("/v1/queues/{queue}/schedules")
@Produces(MediaType.APPLICATION_JSON)
@RequiresScope({Scopes.QUEUES, Scopes.ADMIN})
@NoStore
@Tag(name = "Job queues")
public class ScheduleResource {

    private static final String EXAMPLE = "{\"cron\":\"30 6 * * MON-FRI\",\"timezone\":\"Europe/Berlin\",\"job\":{\"type\":\"report.daily\"}}";

    private final Schedules schedules;
    private final Payloads payloads;
    private final CurrentCaller caller;

    ScheduleResource(Schedules schedules, Payloads payloads, CurrentCaller caller) {
        this.schedules = schedules;
        this.payloads = payloads;
        this.caller = caller;
    }

    @PUT
    @Path("{name}")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(operationId = "putSchedule", summary = "Set a recurring job", description = "Each occurrence is enqueued once, at its time, however many replicas run. If no replica ran for a while, the latest of the missed occurrences are enqueued, up to `catchUp`. A schedule that exists and recurs at the same times keeps its next occurrence.")
    @RequestBody(content = @Content(schema = @Schema(implementation = ScheduleDefinition.class), examples = @ExampleObject(name = "each working day", value = EXAMPLE)))
    @APIResponse(responseCode = "201", description = "Created", content = @Content(schema = @Schema(implementation = ScheduleView.class)))
    @APIResponse(responseCode = "200", description = "Replaced", content = @Content(schema = @Schema(implementation = ScheduleView.class)))
    @APIResponse(responseCode = "409", description = "The queue has 1,000 schedules")
    public Uni<RestResponse<ScheduleView>> put(@PathParam("queue") String queue, @PathParam("name") String name,
            @Nullable ScheduleDefinition body) {
        QueueName where = QueueName.of(caller.tenant(), queue);
        checkedName(name);
        ScheduleDefinition definition = DefinitionRequests.valid(body, "a schedule", ScheduleDefinition::violations);
        payloads.check("job.", "data", requireNonNull(definition.job()).data());
        return schedules.put(where, name, definition).flatMap(put -> schedules.get(where, name).map(ScheduleView::of)
                .map(view -> DefinitionRequests.stored(put, "/v1/queues/" + queue + "/schedules/", name, view)));
    }

    @GET
    @Path("{name}")
    @RequiresScope({Scopes.QUEUES_READ, Scopes.ADMIN_READ})
    @Operation(operationId = "getSchedule", summary = "Get a recurring job", description = "Returns the schedule, its job and its next occurrence.")
    @APIResponse(responseCode = "200", description = "The schedule, and its next occurrence", content = @Content(schema = @Schema(implementation = ScheduleView.class)))
    @APIResponse(responseCode = "404", description = "The schedule does not exist")
    public Uni<ScheduleView> get(@PathParam("queue") String queue, @PathParam("name") String name) {
        return schedules.get(QueueName.of(caller.tenant(), queue), checkedName(name)).map(ScheduleView::of);
    }

    @GET
    @RequiresScope({Scopes.QUEUES_READ, Scopes.ADMIN_READ})
    @Operation(operationId = "listSchedules", summary = "List recurring jobs", description = "Lists the recurring jobs of a queue, by name.")
    @APIResponse(responseCode = "200", description = "One page")
    public Uni<Page<ScheduleView>> list(@PathParam("queue") String queue,
            @Parameter(description = "Maximum number of items on a page, 1 to 500") @QueryParam("limit") @DefaultValue("50") int limit,
            @Parameter(description = "`nextCursor` of the previous page") @QueryParam("cursor") String cursor) {
        return schedules.all(QueueName.of(caller.tenant(), queue)).map(
                all -> Page.of(all.stream().map(ScheduleView::of).toList(), ScheduleView::name, limit, cursor));
    }

    @DELETE
    @Path("{name}")
    @Operation(operationId = "deleteSchedule", summary = "Remove a recurring job", description = "Jobs that it enqueued stay.")
    @APIResponse(responseCode = "204", description = "Removed")
    @APIResponse(responseCode = "404", description = "The schedule does not exist")
    public Uni<Void> delete(@PathParam("queue") String queue, @PathParam("name") String name) {
        return schedules.delete(QueueName.of(caller.tenant(), queue), checkedName(name));
    }

    private static String checkedName(String name) {
        if (!Keys.isName(name)) {
            throw ApiException.invalid("name", "must be 1 to 64 of the characters A-Z a-z 0-9 . _ -");
        }
        return name;
    }
}
