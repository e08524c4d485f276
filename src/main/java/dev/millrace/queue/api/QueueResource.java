package dev.millrace.queue.api;

import java.util.List;
import java.util.Map;

import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
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

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;

import dev.millrace.auth.CurrentCaller;
import dev.millrace.auth.RequiresScope;
import dev.millrace.auth.Scopes;
import dev.millrace.http.NoStore;
import dev.millrace.http.Page;
import dev.millrace.queue.QueueControl;
import dev.millrace.queue.QueueMaintenance;
import dev.millrace.queue.Queues;
import dev.millrace.queue.model.QueueDefinition;
import dev.millrace.queue.model.QueueName;
import dev.millrace.queue.model.QueueSettings;
import dev.millrace.settings.DefinitionRequests;

/** Queues as a whole: their settings and job counts; pausing, draining, redriving and removing them. */
@Path("/v1/queues")
@Produces(MediaType.APPLICATION_JSON)
@RequiresScope({Scopes.QUEUES, Scopes.ADMIN})
@NoStore
@Tag(name = "Job queues")
public class QueueResource {

    private static final String EXAMPLE = "{\"concurrency\":20,\"rate\":{\"limit\":100,\"window\":\"1s\"},\"maxAttempts\":5,\"backoff\":{\"type\":\"exponential\",\"delay\":\"1s\",\"max\":\"5m\",\"jitter\":0.2},\"lease\":\"1m\",\"retention\":{\"completed\":\"1h\",\"dead\":\"14d\"}}";

    private final Queues queues;
    private final QueueMaintenance maintenance;
    private final QueueControl control;
    private final CurrentCaller caller;

    QueueResource(Queues queues, QueueMaintenance maintenance, QueueControl control, CurrentCaller caller) {
        this.queues = queues;
        this.maintenance = maintenance;
        this.control = control;
        this.caller = caller;
    }

    @PUT
    @Path("{queue}")
    @Consumes(MediaType.APPLICATION_JSON)
    @RequiresScope(Scopes.ADMIN)
    @Operation(operationId = "putQueue", summary = "Set a queue's settings", description = "Set a queue only if you need other settings than the defaults. Absent fields take their defaults. They hold at once, on every replica, for each job that is handed out; `maxAttempts`, `backoff`, `retention` and `durability` within 1 s.")
    @RequestBody(content = @Content(schema = @Schema(implementation = QueueDefinition.class), examples = @ExampleObject(name = "emails", value = EXAMPLE)))
    @APIResponse(responseCode = "201", description = "The settings were created", content = @Content(schema = @Schema(implementation = QueueView.class)))
    @APIResponse(responseCode = "200", description = "Replaced", content = @Content(schema = @Schema(implementation = QueueView.class)))
    @APIResponse(responseCode = "409", description = "The tenant has 1,000 queues")
    public Uni<RestResponse<QueueView>> put(@PathParam("queue") String queue, @Nullable QueueDefinition body) {
        QueueName name = name(queue);
        QueueDefinition definition = DefinitionRequests.valid(body, "the settings of a queue",
                QueueDefinition::violations);
        return queues.put(name, definition).flatMap(put -> view(name, definition.toSettings())
                .map(view -> DefinitionRequests.stored(put, "/v1/queues/", queue, view)));
    }

    @GET
    @Path("{queue}")
    @RequiresScope({Scopes.QUEUES_READ, Scopes.ADMIN_READ})
    @Operation(operationId = "getQueue", summary = "Get a queue", description = "Returns the settings and job counts of a queue. A queue that was never used has no jobs and the default settings.")
    @APIResponse(responseCode = "200", description = "The queue", content = @Content(schema = @Schema(implementation = QueueView.class)))
    public Uni<QueueView> get(@PathParam("queue") String queue) {
        QueueName name = name(queue);
        return queues.settings(name).flatMap(settings -> view(name, settings));
    }

    @GET
    @RequiresScope({Scopes.QUEUES_READ, Scopes.ADMIN_READ})
    @Operation(operationId = "listQueues", summary = "List queues", description = "Lists the queues that were used or set, by name.")
    @APIResponse(responseCode = "200", description = "One page")
    public Uni<Page<QueueView>> list(
            @Parameter(description = "Maximum number of items on a page, 1 to 500") @QueryParam("limit") @DefaultValue("50") int limit,
            @Parameter(description = "`nextCursor` of the previous page") @QueryParam("cursor") String cursor) {
        return queues.all(caller.tenant()).flatMap(all -> {
            Page<Map.Entry<String, QueueSettings>> page = Page.of(List.copyOf(all.entrySet()), Map.Entry::getKey,
                    limit, cursor);
            return Multi.createFrom().iterable(page.items())
                    .onItem().transformToUniAndConcatenate(e -> view(name(e.getKey()), e.getValue()))
                    .collect().asList().map(views -> new Page<>(views, page.nextCursor()));
        });
    }

    @DELETE
    @Path("{queue}")
    @RequiresScope(Scopes.ADMIN)
    @Operation(operationId = "deleteQueue", summary = "Remove a queue", description = "Removes the queue with its settings, schedules and jobs. Workers that report on its jobs get `unknown`. The queue is created again when it is next used.")
    @APIResponse(responseCode = "204", description = "The queue is removed, or did not exist")
    public Uni<Void> delete(@PathParam("queue") String queue) {
        return control.remove(name(queue));
    }

    @POST
    @Path("{queue}/pause")
    @Operation(operationId = "pauseQueue", summary = "Pause a queue", description = "A paused queue accepts jobs, but hands none out until it is resumed. Active jobs are not affected.")
    @APIResponse(responseCode = "204", description = "Paused")
    @APIResponse(responseCode = "409", description = "The tenant has 1,000 queues")
    public Uni<Void> pause(@PathParam("queue") String queue) {
        QueueName name = name(queue);
        return queues.register(name).chain(() -> control.pause(name, "paused"));
    }

    @POST
    @Path("{queue}/resume")
    @Operation(operationId = "resumeQueue", summary = "Resume a queue", description = "Workers get jobs again, and pushes go on. Has no effect on a queue that is not paused.")
    @APIResponse(responseCode = "204", description = "Resumed")
    public Uni<Void> resume(@PathParam("queue") String queue) {
        return control.resume(name(queue));
    }

    @POST
    @Path("{queue}/drain")
    @Operation(operationId = "drainQueue", summary = "Drain a queue", description = "Removes all jobs that are waiting or delayed now. Active and dead jobs stay.")
    @APIResponse(responseCode = "200", description = "The number of removed jobs", content = @Content(schema = @Schema(implementation = MovedJobs.class)))
    public Uni<MovedJobs> drain(@PathParam("queue") String queue) {
        return control.drain(name(queue)).map(MovedJobs::new);
    }

    @POST
    @Path("{queue}/redrive")
    @Operation(operationId = "redriveQueue", summary = "Redrive dead jobs", description = "Makes all jobs that are dead now ready, with their full number of attempts. A job whose unique key another job has stays dead.")
    @APIResponse(responseCode = "200", description = "The number of jobs that are ready now", content = @Content(schema = @Schema(implementation = MovedJobs.class)))
    public Uni<MovedJobs> redrive(@PathParam("queue") String queue) {
        return control.redrive(name(queue)).map(MovedJobs::new);
    }

    private Uni<QueueView> view(QueueName queue, QueueSettings settings) {
        return maintenance.peek(queue, settings).map(snapshot -> QueueView.of(queue.queue(), settings, snapshot));
    }

    private QueueName name(String queue) {
        return QueueName.of(caller.tenant(), queue);
    }
}
