package dev.millrace.queue.api;

import java.io.IOException;

import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;

import io.smallrye.mutiny.Uni;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;

import dev.millrace.auth.Scopes;
import dev.millrace.http.route.Caller;
import dev.millrace.http.route.FastPath;
import dev.millrace.queue.model.NewJobs;

/**
 * The {@link FastPath}s of queues: enqueue, reserve and complete. They call {@link JobResource} and {@link WorkResource}, which
 * validate, and write the same JSON without reflection.
 */
@Singleton
class WorkFastPaths {

    private static final CharSequence JSON = HttpHeaders.createOptimized("application/json;charset=UTF-8");

    private final JobResource jobs;
    private final WorkResource work;
    private final ObjectReader newJobs;
    private final ObjectReader reservations;
    private final ObjectReader completions;
    private final WorkAnswers answers;

    WorkFastPaths(JobResource jobs, WorkResource work, ObjectMapper json) {
        this.jobs = jobs;
        this.work = work;
        this.newJobs = json.readerFor(NewJobs.class);
        this.reservations = json.readerFor(ReserveRequest.class);
        this.completions = json.readerFor(CompleteRequest.class);
        this.answers = new WorkAnswers(json.getFactory());
    }

    @Produces
    @Singleton
    FastPath enqueueDeclaration() {
        return declaration("jobs", this::enqueue,
                (response, enqueued) -> write(response, JobResource.status(enqueued), enqueued));
    }

    @Produces
    @Singleton
    FastPath reserveDeclaration() {
        return declaration("reserve", this::reserve, (response, reserved) -> write(response, 200, reserved));
    }

    @Produces
    @Singleton
    FastPath completeDeclaration() {
        return declaration("complete", this::complete, (response, outcomes) -> write(response, 200, outcomes));
    }

    private static <T> FastPath declaration(String call, FastPath.BodyHandler<T> handler, FastPath.Writer<T> writer) {
        return FastPath.post("/v1/queues/{queue}/" + call).scope(Scopes.QUEUES).json().noStore().serveBody(handler,
                writer);
    }

    private Uni<Object> enqueue(HttpServerRequest request, Caller caller, String queue, byte[] body)
            throws IOException {
        return jobs.enqueue(caller.tenant(), queue, read(newJobs, body));
    }

    private Uni<ReservedJobs> reserve(HttpServerRequest request, Caller caller, String queue, byte[] body)
            throws IOException {
        return work.reserve(caller.tenant(), queue, read(reservations, body), request.response()::closed);
    }

    private Uni<AnswerOutcomes> complete(HttpServerRequest request, Caller caller, String queue, byte[] body)
            throws IOException {
        return work.complete(caller.tenant(), queue, read(completions, body), request.response()::closed);
    }

    /** Returns null for a body of white space, as the REST layer does. */
    private static <T> @Nullable T read(ObjectReader reader, byte[] body) throws IOException {
        for (byte b : body) {
            if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
                return reader.readValue(body);
            }
        }
        return null;
    }

    private void write(HttpServerResponse response, int status, Object result) throws IOException {
        byte[] body = answers.bytes(result);
        response.setStatusCode(status).putHeader(HttpHeaders.CONTENT_TYPE, JSON).end(Buffer.buffer(body));
    }
}
