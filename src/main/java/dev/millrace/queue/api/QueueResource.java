package dev.millrace.queue.api;

import java.net.URI;
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
import org.jboss.resteasy.reactive.RestResponse.ResponseBuilder;

import com.fasterxml.jackson.annotation.JsonInclude;

import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;

import dev.millrace.auth.CurrentCaller;
import dev.millrace.auth.RequiresScope;
import dev.millrace.auth.Scopes;
import dev.millrace.http.Page;
import dev.millrace.http.problem.ApiException;
import dev.millrace.http.problem.Violation;
import dev.millrace.queue.Jobs;
import dev.millrace.queue.QueueControl;
import dev.millrace.queue.QueueMaintenance;
import dev.millrace.queue.Queues;
import dev.millrace.queue.model.Backoff;
import dev.millrace.queue.model.PushDefinition;
import dev.millrace.queue.model.QueueCounts;
import dev.millrace.queue.model.QueueDefinition;
import dev.millrace.queue.model.QueueName;
import dev.millrace.queue.model.QueueSettings;
import dev.millrace.redis.ReplicatedScripts;
import dev.millrace.settings.PutResult;

/** Queues as a whole: what holds in them, how many jobs they have, and to stop and clear them. */
@Path("/v1/queues")
@Produces(MediaType.APPLICATION_JSON)
@RequiresScope({Scopes.QUEUES, Scopes.ADMIN})
@Tag(name = "Job queues")
public class QueueResource {

    private static final String EXAMPLE = "{\"concurrency\":20,\"rate\":{\"limit\":100,\"window\":\"1s\"},\"maxAttempts\":5,\"backoff\":{\"type\":\"exponential\",\"delay\":\"1s\",\"max\":\"5m\",\"jitter\":0.2},\"lease\":\"1m\",\"retention\":{\"completed\":\"1h\",\"dead\":\"14d\"}}";

    private final Queues queues;
    private final QueueMaintenance upkeep;
    private final QueueControl control;
    private final ReplicatedScripts replicated;
    private final CurrentCaller caller;

    QueueResource(Queues queues, QueueMaintenance upkeep, QueueControl control, ReplicatedScripts replicated,
            CurrentCaller caller) {
        this.queues = queues;
        this.upkeep = upkeep;
        this.control = control;
        this.replicated = replicated;
        this.caller = caller;
    }

    /** What holds in a queue, and how it is. */
    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "QueueView")
    public record View(@Schema(examples = "emails") String queue, boolean paused,
            @Schema(description = "Why it is paused", examples = "paused") String pausedReason, QueueCounts counts,
            @Schema(description = "Absent for any number") Integer concurrency, RateView rate, int maxAttempts,
            BackoffView backoff, long leaseMs, int maxStalls, RetentionView retention,
            QueueDefinition.Durability durability,
            PushDefinition.View push) {

        static View of(String name, QueueSettings s, QueueMaintenance.Sight sight) {
            return new View(name, !sight.paused().isEmpty(), sight.paused().isEmpty() ? null : sight.paused(),
                    sight.counts(), s.concurrency() == 0 ? null : s.concurrency(),
                    s.rateLimit() == 0 ? null : new RateView(s.rateLimit(), s.rateWindowMs()), s.maxAttempts(),
                    BackoffView.of(s.backoff()), s.leaseMs(), s.maxStalls(),
                    new RetentionView(s.completedMs(), s.deadMs()),
                    s.replicated() ? QueueDefinition.Durability.REPLICATED : QueueDefinition.Durability.ASYNC,
                    s.push() == null ? null : PushDefinition.View.of(s.push()));
        }
    }

    /** Jobs that may be handed out per window. */
    @RegisterForReflection
    @Schema(name = "QueueRateView")
    public record RateView(int limit, long windowMs) {}

    /** Waits between attempts. */
    @RegisterForReflection
    @Schema(name = "BackoffView")
    public record BackoffView(Backoff.Type type, long delayMs, long maxMs, double jitter) {

        static BackoffView of(Backoff b) {
            String[] parts = b.packed().split(":");
            return new BackoffView(parts[0].equals("f") ? Backoff.Type.FIXED : Backoff.Type.EXPONENTIAL,
                    Long.parseLong(parts[1]), Long.parseLong(parts[2]), Double.parseDouble(parts[3]));
        }
    }

    /** How long ended jobs are kept. */
    @RegisterForReflection
    @Schema(name = "QueueRetentionView")
    public record RetentionView(long completedMs, long deadMs) {}

    /** How many jobs it was. */
    @RegisterForReflection
    @Schema(name = "MovedJobs")
    public record Moved(@Schema(examples = "12") long jobs) {}

    @PUT
    @Path("{queue}")
    @Consumes(MediaType.APPLICATION_JSON)
    @RequiresScope(Scopes.ADMIN)
    @Operation(summary = "Set what holds in a queue", description = "A queue needs no settings. What is absent has its default; every replica follows within 1 s.")
    @RequestBody(content = @Content(schema = @Schema(implementation = QueueDefinition.class), examples = @ExampleObject(name = "emails", value = EXAMPLE)))
    @APIResponse(responseCode = "201", description = "Set for the first time", content = @Content(schema = @Schema(implementation = View.class)))
    @APIResponse(responseCode = "200", description = "Replaced", content = @Content(schema = @Schema(implementation = View.class)))
    @APIResponse(responseCode = "409", description = "There are too many queues")
    public Uni<RestResponse<View>> put(@PathParam("queue") String queue, QueueDefinition definition) {
        QueueName name = name(queue);
        if (definition == null) {
            throw ApiException.invalid("", "The body must be a queue's settings");
        }
        List<Violation> violations = definition.violations();
        if (!violations.isEmpty()) {
            throw ApiException.invalid(violations);
        }
        if (definition.durability() == QueueDefinition.Durability.REPLICATED && !replicated.areSupported()) {
            throw ApiException.invalid("durability", "'replicated' is not to be had with a cluster");
        }
        return queues.put(name, definition).flatMap(put -> view(name, definition.toSettings())
                .map(view -> put == PutResult.CREATED
                        ? ResponseBuilder.<View>created(URI.create("/v1/queues/" + queue)).entity(view).build()
                        : RestResponse.ok(view)));
    }

    @GET
    @Path("{queue}")
    @RequiresScope({Scopes.QUEUES_READ, Scopes.ADMIN_READ})
    @Operation(summary = "Look at a queue", description = "What holds in it, and how many jobs it has. One that was never used has none, and the defaults.")
    @APIResponse(responseCode = "200", description = "The queue", content = @Content(schema = @Schema(implementation = View.class)))
    public Uni<View> get(@PathParam("queue") String queue) {
        QueueName name = name(queue);
        return queues.settings(name).flatMap(settings -> view(name, settings));
    }

    @GET
    @RequiresScope({Scopes.QUEUES_READ, Scopes.ADMIN_READ})
    @Operation(summary = "List queues", description = "Those that were used or set, by name.")
    @APIResponse(responseCode = "200", description = "One page")
    public Uni<Page<View>> list(
            @Parameter(description = "Items on a page, 1 to 500") @QueryParam("limit") @DefaultValue("50") int limit,
            @Parameter(description = "`nextCursor` of the page before") @QueryParam("cursor") String cursor) {
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
    @Operation(summary = "Remove a queue", description = "With its settings, its schedules and all its jobs. Workers that have some get `unknown`. It comes into being again when it is next used.")
    @APIResponse(responseCode = "204", description = "It is not there, or not any more")
    public Uni<Void> delete(@PathParam("queue") String queue) {
        return control.remove(name(queue));
    }

    @POST
    @Path("{queue}/pause")
    @Operation(summary = "Pause a queue", description = "It takes jobs in, but hands none out until it is resumed. What workers have is not touched.")
    @APIResponse(responseCode = "204", description = "Paused")
    public Uni<Void> pause(@PathParam("queue") String queue) {
        QueueName name = name(queue);
        return queues.register(name).chain(() -> control.pause(name, "paused"));
    }

    @POST
    @Path("{queue}/resume")
    @Operation(summary = "Resume a queue")
    @APIResponse(responseCode = "204", description = "It hands out jobs")
    public Uni<Void> resume(@PathParam("queue") String queue) {
        return control.resume(name(queue));
    }

    @POST
    @Path("{queue}/drain")
    @Operation(summary = "Remove what waits", description = "All jobs that are waiting or delayed now. Active and dead ones stay.")
    @APIResponse(responseCode = "200", description = "How many were removed", content = @Content(schema = @Schema(implementation = Moved.class)))
    public Uni<Moved> drain(@PathParam("queue") String queue) {
        return control.drain(name(queue)).map(Moved::new);
    }

    @POST
    @Path("{queue}/redrive")
    @Operation(summary = "Run the dead again", description = "All jobs that are dead now wait again, with all their attempts before them, but for those whose unique key another job has.")
    @APIResponse(responseCode = "200", description = "How many were made ready", content = @Content(schema = @Schema(implementation = Moved.class)))
    public Uni<Moved> redrive(@PathParam("queue") String queue) {
        return control.redrive(name(queue)).map(Moved::new);
    }

    private Uni<View> view(QueueName queue, QueueSettings settings) {
        return upkeep.look(queue, settings).map(sight -> View.of(queue.queue(), settings, sight));
    }

    private QueueName name(String queue) {
        return QueueName.of(caller.tenant(), queue);
    }
}
