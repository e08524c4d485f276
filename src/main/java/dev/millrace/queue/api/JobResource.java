package dev.millrace.queue.api;

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
import org.jspecify.annotations.Nullable;

import io.smallrye.mutiny.Uni;

import dev.millrace.auth.CurrentCaller;
import dev.millrace.auth.RequiresScope;
import dev.millrace.auth.Scopes;
import dev.millrace.http.NoStore;
import dev.millrace.http.Page;
import dev.millrace.http.problem.ApiException;
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

/** Enqueues jobs, and reads, lists, cancels and retries them. */
@Path("/v1/queues/{queue}/jobs")
@Produces(MediaType.APPLICATION_JSON)
@RequiresScope(Scopes.QUEUES)
@NoStore
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
    @Operation(operationId = "enqueueJobs", summary = "Enqueue one job, or up to 1000", description = "With `jobs`, enqueues all or none, in order. A job whose `uniqueKey` or `idempotencyKey` is taken is a duplicate and is not enqueued: the response has the id of the existing job.")
    @RequestBody(content = @Content(schema = @Schema(oneOf = {NewJob.class, NewJobs.class}), examples = {
            @ExampleObject(name = "one", value = ONE), @ExampleObject(name = "many", value = MANY)}))
    @APIResponse(responseCode = "201", description = "Enqueued: the jobs are in Redis", content = @Content(schema = @Schema(oneOf = {
            EnqueuedJob.class, EnqueuedJobs.class})))
    @APIResponse(responseCode = "200", description = "The call was about one job, which is a duplicate", content = @Content(schema = @Schema(implementation = EnqueuedJob.class)))
    @APIResponse(responseCode = "413", description = "The data of a job is larger than 256 KB")
    @APIResponse(responseCode = "409", description = "The tenant has 1,000 queues")
    public Uni<RestResponse<Object>> enqueue(@PathParam("queue") String queue, @Nullable NewJobs request) {
        return enqueue(caller.tenant(), queue, request)
                .map(enqueued -> RestResponse.ResponseBuilder.create(status(enqueued)).entity(enqueued).build());
    }

    /** Returns the {@link EnqueuedJob} or the {@link EnqueuedJobs}. */
    Uni<Object> enqueue(String tenant, String queue, @Nullable NewJobs request) {
        QueueName name = QueueName.of(tenant, queue);
        if (request == null) {
            throw ApiException.invalid("", "Send a job, or `jobs`, as the body");
        }
        List<NewJob> list = request.list();
        List<Violation> found = request.violations();
        for (int i = 0; i < list.size(); i++) {
            NewJob job = list.get(i);
            if (job != null) {
                payloads.check(request.isOne() ? "" : "jobs[" + i + "].", "data", job.data());
            }
        }
        if (!found.isEmpty()) {
            throw ApiException.invalid(found);
        }
        return service.enqueue(name, list).map(enqueued -> request.isOne()
                ? enqueued.get(0)
                : new EnqueuedJobs(enqueued));
    }

    /** The status of the response to an enqueue. */
    static int status(Object enqueued) {
        return enqueued instanceof EnqueuedJob one && one.duplicate() ? 200 : 201;
    }

    @GET
    @RequiresScope(Scopes.QUEUES_READ)
    @Operation(operationId = "listJobs", summary = "List jobs in a state", description = "Lists waiting jobs in the order of delivery, delayed jobs by due time, active jobs by the end of their lease, and dead and completed jobs latest first. Jobs that change state between two pages may appear twice or not at all.")
    @APIResponse(responseCode = "200", description = "One page")
    public Uni<Page<Job>> list(@PathParam("queue") String queue,
            @Parameter(description = "waiting, delayed, active, dead or completed") @QueryParam("state") @Nullable String state,
            @Parameter(description = "Maximum number of items on a page, 1 to 500") @QueryParam("limit") @DefaultValue("50") int limit,
            @Parameter(description = "`nextCursor` of the previous page") @QueryParam("cursor") @Nullable String cursor) {
        Page.requireLimit(limit);
        if (state == null || !Jobs.STATES.contains(state)) {
            throw ApiException.invalid("state", "must be one of " + String.join(", ", Jobs.STATES));
        }
        return jobs.list(QueueName.of(caller.tenant(), queue), state, limit, cursor);
    }

    @GET
    @Path("{id}")
    @RequiresScope(Scopes.QUEUES_READ)
    @Operation(operationId = "getJob", summary = "Get a job", description = "Returns the job with its state. Completed and dead jobs are there for as long as the queue retains them.")
    @APIResponse(responseCode = "200", description = "The job", content = @Content(schema = @Schema(implementation = Job.class)))
    @APIResponse(responseCode = "404", description = "The job does not exist, or is no longer kept")
    public Uni<Job> peek(@PathParam("queue") String queue, @PathParam("id") String id) {
        return jobs.peek(QueueName.of(caller.tenant(), queue), requireId(id));
    }

    @DELETE
    @Path("{id}")
    @Operation(operationId = "cancelJob", summary = "Cancel a job", description = "Removes a job that no worker has. If a worker has the job, the worker is told at its next extend; the job is removed if it then fails, or if its lease expires.")
    @APIResponse(responseCode = "204", description = "Removed")
    @APIResponse(responseCode = "202", description = "A worker has the job, and will be told")
    @APIResponse(responseCode = "404", description = "The job does not exist, or is no longer kept")
    public Uni<RestResponse<Void>> cancel(@PathParam("queue") String queue, @PathParam("id") String id) {
        return jobs.cancel(QueueName.of(caller.tenant(), queue), requireId(id))
                .map(removed -> removed ? RestResponse.noContent() : RestResponse.accepted());
    }

    @POST
    @Path("{id}/retry")
    @Operation(operationId = "retryJob", summary = "Run a dead or delayed job now", description = "A dead job gets its full number of attempts again.")
    @APIResponse(responseCode = "200", description = "The job is waiting", content = @Content(schema = @Schema(implementation = Job.class)))
    @APIResponse(responseCode = "404", description = "The job does not exist, or is no longer kept")
    @APIResponse(responseCode = "409", description = "The job is neither dead nor delayed, or another job has its unique key")
    public Uni<Job> retry(@PathParam("queue") String queue, @PathParam("id") String id) {
        return jobs.retry(QueueName.of(caller.tenant(), queue), requireId(id));
    }

    private static String requireId(String id) {
        if (!Job.isId(id)) {
            throw Jobs.unknown();
        }
        return id;
    }
}
