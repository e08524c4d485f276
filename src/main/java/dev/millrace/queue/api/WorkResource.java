package dev.millrace.queue.api;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

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

import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpServerResponse;

import dev.millrace.auth.CurrentCaller;
import dev.millrace.auth.RequiresScope;
import dev.millrace.auth.Scopes;
import dev.millrace.http.NoStore;
import dev.millrace.http.json.Timestamps;
import dev.millrace.http.json.Validated;
import dev.millrace.http.problem.ApiException;
import dev.millrace.http.problem.ErrorCode;
import dev.millrace.http.problem.Violation;
import dev.millrace.queue.Jobs;
import dev.millrace.queue.Payloads;
import dev.millrace.queue.QueueService;
import dev.millrace.queue.model.ExtendedLease;
import dev.millrace.queue.model.Job;
import dev.millrace.queue.model.JobFailure;
import dev.millrace.queue.model.JobRelease;
import dev.millrace.queue.model.JobResult;
import dev.millrace.queue.model.JobStatus;
import dev.millrace.queue.model.LeaseExtension;
import dev.millrace.queue.model.QueueName;

/** Workers' operations: reserve, complete, fail, extend and release jobs. */
@Path("/v1/queues/{queue}")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RequiresScope(Scopes.QUEUES)
@NoStore
@Tag(name = "Job queues")
public class WorkResource {

    private static final String COMPLETE = "{\"results\":[{\"id\":\"5984639761701\",\"leaseToken\":\"5984639761701.1\",\"result\":{\"sent\":true}}],\"reserve\":{\"max\":1,\"wait\":\"20s\"}}";
    private static final String FAIL = "{\"failures\":[{\"id\":\"5984639761701\",\"leaseToken\":\"5984639761701.1\",\"error\":\"SMTP 451\"}]}";
    private static final String EXTEND = "{\"leases\":[{\"id\":\"5984639761701\",\"leaseToken\":\"5984639761701.1\",\"lease\":\"1m\",\"progress\":{\"percent\":40}}]}";
    private static final String RELEASE = "{\"leases\":[{\"id\":\"5984639761701\",\"leaseToken\":\"5984639761701.1\",\"delay\":\"30s\"}]}";

    private final QueueService service;
    private final Payloads payloads;
    private final CurrentCaller caller;

    WorkResource(QueueService service, Payloads payloads, CurrentCaller caller) {
        this.service = service;
        this.payloads = payloads;
        this.caller = caller;
    }

    @POST
    @Path("reserve")
    @Operation(operationId = "reserveJobs", summary = "Reserve jobs", description = "Reserves up to `max` jobs: the highest priority first, then the job that has waited longest. Each job is yours until its lease expires: complete it, fail it, or extend the lease. Responds at once if there is a job, otherwise when a job arrives or the wait is over.")
    @RequestBody(required = false, content = @Content(schema = @Schema(implementation = ReserveRequest.class), examples = @ExampleObject(name = "up to ten", value = "{\"max\":10,\"lease\":\"1m\",\"wait\":\"20s\"}")))
    @APIResponse(responseCode = "200", description = "The jobs; may be empty", content = @Content(schema = @Schema(implementation = ReservedJobs.class)))
    public Uni<ReservedJobs> reserve(@PathParam("queue") String queue, @Nullable ReserveRequest request,
            @Context HttpServerResponse response) {
        return reserve(caller.tenant(), queue, request, response::closed);
    }

    /** {@code gone}: whether the client has disconnected. */
    Uni<ReservedJobs> reserve(String tenant, String queue, @Nullable ReserveRequest request, BooleanSupplier gone) {
        ReserveRequest r = request == null ? ReserveRequest.DEFAULT : request;
        refuse(r.violations());
        return reserve(QueueName.of(tenant, queue), r, gone).map(ReservedJobs::new);
    }

    @POST
    @Path("complete")
    @Operation(operationId = "completeJobs", summary = "Complete jobs", description = "Completes jobs, and with `reserve` reserves the next ones in the same call. A report with a lease that is not the job's current one changes nothing.")
    @RequestBody(content = @Content(schema = @Schema(implementation = CompleteRequest.class), examples = @ExampleObject(name = "one, and the next", value = COMPLETE)))
    @APIResponse(responseCode = "200", description = "The outcome of each report", content = @Content(schema = @Schema(implementation = AnswerOutcomes.class)))
    @APIResponse(responseCode = "404", description = "The call was about one job, which no longer exists")
    @APIResponse(responseCode = "409", description = "The call was about one job, and the lease is not its current one")
    public Uni<AnswerOutcomes> complete(@PathParam("queue") String queue, @Nullable CompleteRequest request,
            @Context HttpServerResponse response) {
        return complete(caller.tenant(), queue, request, response::closed);
    }

    /** {@code gone}: whether the client has disconnected. */
    Uni<AnswerOutcomes> complete(String tenant, String queue, @Nullable CompleteRequest request, BooleanSupplier gone) {
        QueueName name = QueueName.of(tenant, queue);
        CompleteRequest given = valid(request == null ? new CompleteRequest(null, null) : request);
        List<JobResult> results = requireNonNull(given.results());
        ReserveRequest reserve = given.reserve();
        results.forEach(r -> payloads.check("", "result", r.result()));
        return service.complete(name, results).flatMap(statuses -> {
            List<AnswerOutcome> outcomes = outcomes(results.stream().map(JobResult::id).toList(), statuses);
            return reserve == null
                    ? Uni.createFrom().item(new AnswerOutcomes(outcomes, null))
                    : reserve(name, reserve, gone).map(jobs -> new AnswerOutcomes(outcomes, jobs));
        });
    }

    @POST
    @Path("fail")
    @Operation(operationId = "failJobs", summary = "Fail jobs", description = "Each job is retried after its backoff, or is dead if it has no attempts left. A report with a lease that is not the job's current one changes nothing.")
    @RequestBody(content = @Content(schema = @Schema(implementation = FailRequest.class), examples = @ExampleObject(name = "one", value = FAIL)))
    @APIResponse(responseCode = "200", description = "The outcome of each report", content = @Content(schema = @Schema(implementation = AnswerOutcomes.class)))
    @APIResponse(responseCode = "404", description = "The call was about one job, which no longer exists")
    @APIResponse(responseCode = "409", description = "The call was about one job, and the lease is not its current one")
    public Uni<AnswerOutcomes> fail(@PathParam("queue") String queue, @Nullable FailRequest request) {
        QueueName name = QueueName.of(caller.tenant(), queue);
        List<JobFailure> failures = requireNonNull(
                valid(request == null ? new FailRequest(null) : request).failures());
        return service.fail(name, failures).map(
                statuses -> new AnswerOutcomes(outcomes(failures.stream().map(JobFailure::id).toList(), statuses),
                        null));
    }

    @POST
    @Path("extend")
    @Operation(operationId = "extendJobLeases", summary = "Extend leases", description = "Extends leases, and stores progress. Extend a lease after about a third of it. The response says whether a client asked to cancel the job.")
    @RequestBody(content = @Content(schema = @Schema(implementation = ExtendRequest.class), examples = @ExampleObject(name = "one", value = EXTEND)))
    @APIResponse(responseCode = "200", description = "The outcome of each report", content = @Content(schema = @Schema(implementation = AnswerOutcomes.class)))
    @APIResponse(responseCode = "404", description = "The call was about one job, which no longer exists")
    @APIResponse(responseCode = "409", description = "The call was about one job, and the lease is not its current one")
    public Uni<AnswerOutcomes> extend(@PathParam("queue") String queue, @Nullable ExtendRequest request) {
        QueueName name = QueueName.of(caller.tenant(), queue);
        List<LeaseExtension> leases = requireNonNull(
                valid(request == null ? new ExtendRequest(null) : request).leases());
        leases.forEach(e -> payloads.check("", "progress", e.progress()));
        return service.extend(name, leases).map(extended -> {
            requireHeld(extended.size(), extended.get(0).status());
            List<AnswerOutcome> outcomes = new ArrayList<>(leases.size());
            for (int i = 0; i < leases.size(); i++) {
                ExtendedLease e = extended.get(i);
                outcomes.add(new AnswerOutcome(leases.get(i).id(), e.status(),
                        e.leaseEndsMs() == 0 ? null : Timestamps.format(e.leaseEndsMs()),
                        e.cancelRequested() ? true : null));
            }
            return new AnswerOutcomes(outcomes, null);
        });
    }

    @POST
    @Path("release")
    @Operation(operationId = "releaseJobs", summary = "Release jobs", description = "Gives jobs back that the worker cannot work on now: a deployment, or a third party that responds with 429. A released job goes to the front of its priority, or waits for `delay`. Its next delivery is the same attempt, and `stalls` does not change. A report with a lease that is not the job's current one changes nothing.")
    @RequestBody(content = @Content(schema = @Schema(implementation = ReleaseRequest.class), examples = @ExampleObject(name = "one, for later", value = RELEASE)))
    @APIResponse(responseCode = "200", description = "The outcome of each report", content = @Content(schema = @Schema(implementation = AnswerOutcomes.class)))
    @APIResponse(responseCode = "404", description = "The call was about one job, which no longer exists")
    @APIResponse(responseCode = "409", description = "The call was about one job, and the lease is not its current one")
    public Uni<AnswerOutcomes> release(@PathParam("queue") String queue, @Nullable ReleaseRequest request) {
        QueueName name = QueueName.of(caller.tenant(), queue);
        List<JobRelease> leases = requireNonNull(
                valid(request == null ? new ReleaseRequest(null) : request).leases());
        return service.release(name, leases).map(
                statuses -> new AnswerOutcomes(outcomes(leases.stream().map(JobRelease::id).toList(), statuses),
                        null));
    }

    private Uni<List<Job>> reserve(QueueName queue, ReserveRequest r, BooleanSupplier gone) {
        return service.reserve(queue, r.maxOrDefault(), r.leaseMs(), r.waitMs(), gone);
    }

    private static List<AnswerOutcome> outcomes(List<String> ids, List<JobStatus> statuses) {
        requireHeld(statuses.size(), statuses.get(0));
        List<AnswerOutcome> outcomes = new ArrayList<>(ids.size());
        for (int i = 0; i < ids.size(); i++) {
            outcomes.add(new AnswerOutcome(ids.get(i), statuses.get(i), null, null));
        }
        return outcomes;
    }

    /** A call about one job reports the job's problem by its HTTP status. */
    private static void requireHeld(int asked, JobStatus first) {
        if (asked == 1 && first == JobStatus.STALE) {
            throw new ApiException(ErrorCode.LEASE_STALE, "The lease is not the job's current one; give the job up");
        }
        if (asked == 1 && first == JobStatus.UNKNOWN) {
            throw Jobs.unknown();
        }
    }

    private static <T extends Validated> T valid(T request) {
        refuse(request.violations());
        return request;
    }

    private static void refuse(List<Violation> found) {
        if (!found.isEmpty()) {
            throw ApiException.invalid(found);
        }
    }
}
