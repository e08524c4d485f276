package dev.millrace.queue.api;

import java.time.Duration;
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
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;

import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpServerResponse;

import dev.millrace.auth.CurrentCaller;
import dev.millrace.auth.RequiresScope;
import dev.millrace.auth.Scopes;
import dev.millrace.http.json.JsonValue;
import dev.millrace.http.json.Timestamps;
import dev.millrace.http.json.Unicode;
import dev.millrace.http.problem.ApiException;
import dev.millrace.http.problem.ErrorCode;
import dev.millrace.http.problem.Violation;
import dev.millrace.queue.Jobs;
import dev.millrace.queue.Payloads;
import dev.millrace.queue.QueueService;
import dev.millrace.queue.model.ExtendedLease;
import dev.millrace.queue.model.Job;
import dev.millrace.queue.model.JobStatus;
import dev.millrace.queue.model.NewJob;
import dev.millrace.queue.model.QueueDefinition;
import dev.millrace.queue.model.QueueName;

/** What workers do: take jobs, and say what became of them. */
@Path("/v1/queues/{queue}")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RequiresScope(Scopes.QUEUES)
@Tag(name = "Job queues")
public class WorkResource {

    static final int MOST = 1000;
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);
    /** Most characters of what went wrong with a job. */
    public static final int LONGEST_ERROR = 4096;
    private static final String COMPLETE = "{\"results\":[{\"id\":\"5984639761701\",\"leaseToken\":\"5984639761701.1\",\"result\":{\"sent\":true}}],\"reserve\":{\"max\":1,\"wait\":\"20s\"}}";
    private static final String FAIL = "{\"failures\":[{\"id\":\"5984639761701\",\"leaseToken\":\"5984639761701.1\",\"error\":\"SMTP 451\"}]}";
    private static final String EXTEND = "{\"leases\":[{\"id\":\"5984639761701\",\"leaseToken\":\"5984639761701.1\",\"lease\":\"1m\",\"progress\":{\"percent\":40}}]}";

    private final QueueService service;
    private final Payloads payloads;
    private final CurrentCaller caller;

    WorkResource(QueueService service, Payloads payloads, CurrentCaller caller) {
        this.service = service;
        this.payloads = payloads;
        this.caller = caller;
    }

    /** How many jobs, for how long. */
    @RegisterForReflection
    @Schema(name = "Reserve")
    public record Reservation(@Schema(description = "1 to 1000", defaultValue = "1", examples = "10") Integer max,
            @Schema(description = "How long you have for each, 1 s to 24 h; default each job's own", type = SchemaType.STRING, examples = "1m") Duration lease,
            @Schema(description = "How long to wait for the first job, up to 30 s; default not at all", type = SchemaType.STRING, examples = "20s") @JsonProperty("wait") Duration waitFor) {

        static final Reservation ONE = new Reservation(null, null, null);

        List<Violation> violations(String at) {
            List<Violation> found = new ArrayList<>(0);
            QueueDefinition.check(found, at, "max", max, 1, MOST);
            QueueDefinition.check(found, at, "lease", lease, NewJob.SHORTEST_LEASE, NewJob.LONGEST_LEASE,
                    "1 s and 24 h");
            QueueDefinition.check(found, at, "wait", waitFor, Duration.ZERO, LONGEST_WAIT, "0 and 30 s");
            return found;
        }
    }

    /** Jobs that were handed out. */
    @RegisterForReflection
    @Schema(name = "ReservedJobs")
    public record Reserved(List<Job> jobs) {}

    /** A job is done. */
    @RegisterForReflection
    @Schema(name = "JobResult")
    public record Result(@Schema(required = true) String id, @Schema(required = true) String leaseToken,
            @Schema(description = "Kept as long as the queue keeps completed jobs") JsonValue result) {}

    /** Jobs that are done. */
    @RegisterForReflection
    @Schema(name = "Complete")
    public record Completion(@Schema(description = "1 to 1000", required = true) List<Result> results,
            @Schema(description = "Take the next jobs in the same call") Reservation reserve) {}

    /** A job failed. */
    @RegisterForReflection
    @Schema(name = "JobFailure")
    public record Failure(@Schema(required = true) String id, @Schema(required = true) String leaseToken,
            @Schema(description = "What went wrong, up to 4096 characters", examples = "SMTP 451") String error,
            @Schema(description = "How long to wait for the next attempt, in place of the backoff", type = SchemaType.STRING, examples = "1m") Duration delay,
            @Schema(description = "Do not try again", defaultValue = "false") Boolean dead,
            @JsonIgnore boolean putOff) {

        /** A failure that costs no attempt. */
        public static Failure putOff(String id, String leaseToken, String error, Duration delay) {
            return new Failure(id, leaseToken, error, delay, null, true);
        }
    }

    /** Jobs that failed. */
    @RegisterForReflection
    @Schema(name = "Fail")
    public record Failures(@Schema(description = "1 to 1000", required = true) List<Failure> failures) {}

    /** A job takes longer. */
    @RegisterForReflection
    @Schema(name = "ExtendLease")
    public record Extension(@Schema(required = true) String id, @Schema(required = true) String leaseToken,
            @Schema(description = "From now on, 1 s to 24 h; default the job's own", type = SchemaType.STRING, examples = "1m") Duration lease,
            @Schema(description = "How far it is, for those who look") JsonValue progress) {}

    /** Jobs that take longer. */
    @RegisterForReflection
    @Schema(name = "Extend")
    public record Extensions(@Schema(description = "1 to 1000", required = true) List<Extension> leases) {}

    /** What became of one answer. */
    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "AnswerOutcome")
    public record Outcome(String id,
            @Schema(type = SchemaType.STRING, description = "completed, retrying, dead, cancelled, extended, stale or unknown", examples = "completed") JobStatus status,
            @Schema(description = "Of an extended lease") String leaseExpiresAt,
            @Schema(description = "Somebody wants the job cancelled: give it up, and say so with `fail`") Boolean cancelRequested) {}

    /** What became of each answer, and jobs, if they were asked for. */
    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "AnswerOutcomes")
    public record Outcomes(List<Outcome> results, List<Job> jobs) {}

    @POST
    @Path("reserve")
    @Operation(summary = "Take jobs", description = "The highest priority first, then the one that waits longest. Each is yours until its lease ends: complete it, fail it, or extend the lease. Answers at once if there is a job, else when one comes or the wait is over.")
    @RequestBody(content = @Content(schema = @Schema(implementation = Reservation.class), examples = @ExampleObject(name = "up to ten", value = "{\"max\":10,\"lease\":\"1m\",\"wait\":\"20s\"}")))
    @APIResponse(responseCode = "200", description = "The jobs, maybe none", content = @Content(schema = @Schema(implementation = Reserved.class)))
    public Uni<Reserved> reserve(@PathParam("queue") String queue, Reservation request,
            @Context HttpServerResponse response) {
        return reserve(caller.tenant(), queue, request, response::closed);
    }

    /** {@code gone}: whether the caller has hung up. */
    Uni<Reserved> reserve(String tenant, String queue, Reservation request, BooleanSupplier gone) {
        Reservation r = request == null ? Reservation.ONE : request;
        refuse(r.violations(""));
        return reserve(QueueName.of(tenant, queue), r, gone).map(Reserved::new);
    }

    @POST
    @Path("complete")
    @Operation(summary = "Complete jobs", description = "And take the next ones in the same call, if you like. An answer under a lease that is not the job's present one changes nothing.")
    @RequestBody(content = @Content(schema = @Schema(implementation = Completion.class), examples = @ExampleObject(name = "one, and the next", value = COMPLETE)))
    @APIResponse(responseCode = "200", description = "What became of each", content = @Content(schema = @Schema(implementation = Outcomes.class)))
    @APIResponse(responseCode = "404", description = "It was one job, which there is not any more")
    @APIResponse(responseCode = "409", description = "It was one job, and the lease is not its present one")
    public Uni<Outcomes> complete(@PathParam("queue") String queue, Completion request,
            @Context HttpServerResponse response) {
        return complete(caller.tenant(), queue, request, response::closed);
    }

    /** {@code gone}: whether the caller has hung up. */
    Uni<Outcomes> complete(String tenant, String queue, Completion request, BooleanSupplier gone) {
        QueueName name = QueueName.of(tenant, queue);
        List<Result> results = requireItems("results", request == null ? null : request.results());
        List<Violation> found = new ArrayList<>(0);
        for (int i = 0; i < results.size(); i++) {
            Result r = results.get(i);
            check(found, "results", i, r == null ? null : r.id(), r == null ? null : r.leaseToken());
        }
        if (request.reserve() != null) {
            found.addAll(request.reserve().violations("reserve."));
        }
        refuse(found);
        results.forEach(r -> payloads.check("", "result", r.result()));
        return service.complete(name, results).flatMap(statuses -> {
            List<Outcome> outcomes = outcomes(results.stream().map(Result::id).toList(), statuses);
            return request.reserve() == null
                    ? Uni.createFrom().item(new Outcomes(outcomes, null))
                    : reserve(name, request.reserve(), gone).map(jobs -> new Outcomes(outcomes, jobs));
        });
    }

    @POST
    @Path("fail")
    @Operation(summary = "Fail jobs", description = "Each is tried again after its backoff, or is dead if it has no attempts left. An answer under a lease that is not the job's present one changes nothing.")
    @RequestBody(content = @Content(schema = @Schema(implementation = Failures.class), examples = @ExampleObject(name = "one", value = FAIL)))
    @APIResponse(responseCode = "200", description = "What became of each", content = @Content(schema = @Schema(implementation = Outcomes.class)))
    @APIResponse(responseCode = "404", description = "It was one job, which there is not any more")
    @APIResponse(responseCode = "409", description = "It was one job, and the lease is not its present one")
    public Uni<Outcomes> fail(@PathParam("queue") String queue, Failures request) {
        QueueName name = QueueName.of(caller.tenant(), queue);
        List<Failure> failures = requireItems("failures", request == null ? null : request.failures());
        List<Violation> found = new ArrayList<>(0);
        for (int i = 0; i < failures.size(); i++) {
            Failure f = failures.get(i);
            check(found, "failures", i, f == null ? null : f.id(), f == null ? null : f.leaseToken());
            if (f != null) {
                String at = "failures[" + i + "].";
                QueueDefinition.check(found, at, "delay", f.delay(), Duration.ZERO, Duration.ofDays(400),
                        "0 and 400 days");
                if (f.error() != null && f.error().length() > LONGEST_ERROR) {
                    found.add(new Violation(at + "error", "must be at most " + LONGEST_ERROR + " characters"));
                } else if (f.error() != null && !Unicode.isWellFormed(f.error())) {
                    found.add(new Violation(at + "error", "must be well-formed Unicode"));
                }
            }
        }
        refuse(found);
        return service.fail(name, failures).map(
                statuses -> new Outcomes(outcomes(failures.stream().map(Failure::id).toList(), statuses), null));
    }

    @POST
    @Path("extend")
    @Operation(summary = "Extend leases", description = "And note progress. Do so at about a third of the lease. The answer says whether somebody wants the job cancelled.")
    @RequestBody(content = @Content(schema = @Schema(implementation = Extensions.class), examples = @ExampleObject(name = "one", value = EXTEND)))
    @APIResponse(responseCode = "200", description = "What became of each", content = @Content(schema = @Schema(implementation = Outcomes.class)))
    @APIResponse(responseCode = "404", description = "It was one job, which there is not any more")
    @APIResponse(responseCode = "409", description = "It was one job, and the lease is not its present one")
    public Uni<Outcomes> extend(@PathParam("queue") String queue, Extensions request) {
        QueueName name = QueueName.of(caller.tenant(), queue);
        List<Extension> leases = requireItems("leases", request == null ? null : request.leases());
        List<Violation> found = new ArrayList<>(0);
        for (int i = 0; i < leases.size(); i++) {
            Extension e = leases.get(i);
            check(found, "leases", i, e == null ? null : e.id(), e == null ? null : e.leaseToken());
            QueueDefinition.check(found, "leases[" + i + "].", "lease", e == null ? null : e.lease(),
                    NewJob.SHORTEST_LEASE, NewJob.LONGEST_LEASE, "1 s and 24 h");
        }
        refuse(found);
        leases.forEach(e -> payloads.check("", "progress", e.progress()));
        return service.extend(name, leases).map(extended -> {
            requireHeld(extended.size(), extended.get(0).status());
            List<Outcome> outcomes = new ArrayList<>(leases.size());
            for (int i = 0; i < leases.size(); i++) {
                ExtendedLease e = extended.get(i);
                outcomes.add(new Outcome(leases.get(i).id(), e.status(),
                        e.leaseEndsMs() == 0 ? null : Timestamps.format(e.leaseEndsMs()),
                        e.cancelRequested() ? true : null));
            }
            return new Outcomes(outcomes, null);
        });
    }

    private Uni<List<Job>> reserve(QueueName queue, Reservation r, BooleanSupplier gone) {
        return service.reserve(queue, r.max() == null ? 1 : r.max(), r.lease() == null ? 0 : r.lease().toMillis(),
                r.waitFor() == null ? 0 : r.waitFor().toMillis(), gone);
    }

    private static List<Outcome> outcomes(List<String> ids, List<JobStatus> statuses) {
        requireHeld(statuses.size(), statuses.get(0));
        List<Outcome> outcomes = new ArrayList<>(ids.size());
        for (int i = 0; i < ids.size(); i++) {
            outcomes.add(new Outcome(ids.get(i), statuses.get(i), null, null));
        }
        return outcomes;
    }

    /** Where it was one job, the status of the answer says what became of it. */
    private static void requireHeld(int asked, JobStatus first) {
        if (asked == 1 && first == JobStatus.STALE) {
            throw new ApiException(ErrorCode.LEASE_STALE, "The job is no longer yours; give it up");
        }
        if (asked == 1 && first == JobStatus.UNKNOWN) {
            throw new ApiException(ErrorCode.JOB_UNKNOWN, null);
        }
    }

    private static <T> List<T> requireItems(String field, List<T> items) {
        if (items == null || items.isEmpty() || items.size() > MOST) {
            throw ApiException.invalid(field, "must have 1 to " + MOST + " items");
        }
        return items;
    }

    private static void check(List<Violation> found, String list, int i, String id, String leaseToken) {
        if (id == null || !JobResource.isId(id)) {
            found.add(new Violation(list + '[' + i + "].id", "must be the id of a job"));
        }
        if (leaseToken == null || leaseToken.isEmpty()) {
            found.add(new Violation(list + '[' + i + "].leaseToken", "must be the token the job was handed out with"));
        }
    }

    private static void refuse(List<Violation> found) {
        if (!found.isEmpty()) {
            throw ApiException.invalid(found);
        }
    }
}
