package dev.millrace.queue.api;

import java.util.ArrayList;
import java.util.List;

import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
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

import io.smallrye.mutiny.Uni;

import dev.millrace.auth.CurrentCaller;
import dev.millrace.auth.RequiresScope;
import dev.millrace.auth.Scopes;
import dev.millrace.http.Page;
import dev.millrace.http.problem.ApiException;
import dev.millrace.http.problem.ErrorCode;
import dev.millrace.http.problem.Violation;
import dev.millrace.queue.Jobs;
import dev.millrace.queue.Payloads;
import dev.millrace.queue.QueueService;
import dev.millrace.queue.model.EnqueuedJob;
import dev.millrace.queue.model.EnqueuedJobs;
import dev.millrace.queue.model.Job;
import dev.millrace.queue.model.NewJob;
import dev.millrace.queue.model.NewJobs;
import dev.millrace.queue.model.QueueName;

/** Enqueue jobs, look at them, steer them. */
@Path("/v1/queues/{queue}/jobs")
@Produces(MediaType.APPLICATION_JSON)
@RequiresScope(Scopes.QUEUES)
@Tag(name = "Job queues")
public class JobResource {

    private static final String ONE = "{\"type\":\"email.welcome\",\"data\":{\"userId\":\"user-42\"},\"delay\":\"10m\",\"uniqueKey\":\"welcome-user-42\"}";
    private static final String MANY = "{\"jobs\":[{\"type\":\"resize\",\"data\":{\"image\":1}},{\"type\":\"resize\",\"data\":{\"image\":2},\"priority\":5}]}";

    private final QueueService service;
    private final Jobs jobs;
    private final Payloads payloads;
    private final CurrentCaller caller;

    JobResource(QueueService service, Jobs jobs, Payloads payloads, CurrentCaller caller) {
        this.service = service;
        this.jobs = jobs;
        this.payloads = payloads;
        this.caller = caller;
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(summary = "Enqueue one job, or up to 1000", description = "With `jobs`, all or none are enqueued, in order. A job whose `uniqueKey` or `idempotencyKey` is taken is not enqueued again: the answer names the one there is.")
    @RequestBody(content = @Content(schema = @Schema(implementation = NewJobs.class), examples = {
            @ExampleObject(name = "one", value = ONE), @ExampleObject(name = "many", value = MANY)}))
    @APIResponse(responseCode = "201", description = "Enqueued; it is safe in Redis", content = @Content(schema = @Schema(oneOf = {
            EnqueuedJob.class, EnqueuedJobs.class})))
    @APIResponse(responseCode = "200", description = "It was one job, and is a duplicate", content = @Content(schema = @Schema(implementation = EnqueuedJob.class)))
    @APIResponse(responseCode = "413", description = "Some data is over 256 KB")
    public Uni<RestResponse<Object>> enqueue(@PathParam("queue") String queue, NewJobs request) {
        return enqueue(caller.tenant(), queue, request)
                .map(enqueued -> RestResponse.ResponseBuilder.create(status(enqueued)).entity(enqueued).build());
    }

    /** The {@link EnqueuedJob}, or the {@link EnqueuedJobs}. */
    Uni<Object> enqueue(String tenant, String queue, NewJobs request) {
        QueueName name = QueueName.of(tenant, queue);
        if (request == null) {
            throw ApiException.invalid("", "The body must be a job, or jobs");
        }
        List<NewJob> list = request.list();
        List<Violation> found = new ArrayList<>(0);
        for (int i = 0; i < list.size(); i++) {
            NewJob job = list.get(i);
            if (job == null) {
                found.add(new Violation("jobs[" + i + "]", "must be a job"));
            } else {
                String at = request.isOne() ? "" : "jobs[" + i + "].";
                found.addAll(job.violations(at));
                payloads.check(at, "data", job.data());
            }
        }
        if (!found.isEmpty()) {
            throw ApiException.invalid(found);
        }
        return service.enqueue(name, list).map(enqueued -> request.isOne()
                ? enqueued.get(0)
                : new EnqueuedJobs(enqueued));
    }

    /** Of the answer to an enqueue. */
    static int status(Object enqueued) {
        return enqueued instanceof EnqueuedJob one && one.duplicate() ? 200 : 201;
    }

    @GET
    @RequiresScope(Scopes.QUEUES_READ)
    @Operation(summary = "List jobs in a state", description = "Waiting ones in the order they will be handed out, delayed ones by when they are due, active ones by when their lease ends, dead and completed ones the last one first. Jobs that move while you page may be seen twice or not at all.")
    @APIResponse(responseCode = "200", description = "One page")
    public Uni<Page<Job>> list(@PathParam("queue") String queue,
            @Parameter(description = "waiting, delayed, active, dead or completed") @QueryParam("state") String state,
            @Parameter(description = "Items on a page, 1 to 500") @QueryParam("limit") @DefaultValue("50") int limit,
            @Parameter(description = "`nextCursor` of the page before") @QueryParam("cursor") String cursor) {
        Page.requireLimit(limit);
        if (!Jobs.STATES.contains(state == null ? "" : state)) {
            throw ApiException.invalid("state", "must be one of " + String.join(", ", Jobs.STATES));
        }
        return jobs.list(QueueName.of(caller.tenant(), queue), state, limit, cursor);
    }

    @GET
    @Path("{id}")
    @RequiresScope(Scopes.QUEUES_READ)
    @Operation(summary = "Look at a job")
    @APIResponse(responseCode = "200", description = "The job", content = @Content(schema = @Schema(implementation = Job.class)))
    @APIResponse(responseCode = "404", description = "There is no such job, or it is no longer kept")
    public Uni<Job> peek(@PathParam("queue") String queue, @PathParam("id") String id) {
        return jobs.peek(QueueName.of(caller.tenant(), queue), requireId(id));
    }

    @DELETE
    @Path("{id}")
    @Operation(summary = "Cancel a job", description = "A job that no worker has is removed. One that a worker has goes on until the worker hears of it, with his next extend; if it then fails, or its lease ends, it is removed.")
    @APIResponse(responseCode = "204", description = "Removed")
    @APIResponse(responseCode = "202", description = "A worker has it, and will be told")
    @APIResponse(responseCode = "404", description = "There is no such job, or it is no longer kept")
    public Uni<RestResponse<Void>> cancel(@PathParam("queue") String queue, @PathParam("id") String id) {
        return jobs.cancel(QueueName.of(caller.tenant(), queue), requireId(id))
                .map(removed -> removed ? RestResponse.noContent() : RestResponse.accepted());
    }

    @POST
    @Path("{id}/retry")
    @Operation(summary = "Run a dead or delayed job now", description = "A dead one has all its attempts before it again.")
    @APIResponse(responseCode = "200", description = "It is waiting", content = @Content(schema = @Schema(implementation = Job.class)))
    @APIResponse(responseCode = "404", description = "There is no such job, or it is no longer kept")
    @APIResponse(responseCode = "409", description = "It is neither dead nor delayed, or another job has its unique key")
    public Uni<Job> retry(@PathParam("queue") String queue, @PathParam("id") String id) {
        return jobs.retry(QueueName.of(caller.tenant(), queue), requireId(id));
    }

    private static String requireId(String id) {
        if (!Job.isId(id)) {
            throw new ApiException(ErrorCode.JOB_UNKNOWN, null);
        }
        return id;
    }
}
