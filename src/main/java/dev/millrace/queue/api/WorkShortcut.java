package dev.millrace.queue.api;

import java.io.IOException;
import java.util.Map;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import org.eclipse.microprofile.config.inject.ConfigProperty;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.mutiny.Uni;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

import dev.millrace.auth.ApiKeys;
import dev.millrace.auth.Caller;
import dev.millrace.auth.Scopes;
import dev.millrace.http.route.BodilessRequests;
import dev.millrace.http.route.RouteLabel;
import dev.millrace.http.route.SmallBody;
import dev.millrace.http.route.UnroutedProblems;
import dev.millrace.queue.api.WorkResource.Completion;
import dev.millrace.queue.api.WorkResource.Reservation;
import dev.millrace.queue.model.NewJobs;
import dev.millrace.redis.Keys;

/**
 * A short way for the three calls of queues there are most of: enqueue, reserve and complete, with a plain JSON body, a valid key and a
 * plain name. It skips the REST layer, which costs more than all the rest of a single call (docs/adr/0003), and asks the same
 * resources, which give the same answers and errors. Whatever is not exactly that goes on to them by the REST layer.
 */
@ApplicationScoped
public class WorkShortcut {

    private static final String PREFIX = "/v1/queues/";
    private static final CharSequence JSON = HttpHeaders.createOptimized("application/json;charset=UTF-8");

    /** What is answered, and with which status. */
    private record Answer(int status, Object body) {}

    /** One of the three calls. */
    private interface Call {
        Uni<Answer> answer(String tenant, String queue, byte[] body, HttpServerResponse response) throws IOException;
    }

    private final JobResource jobs;
    private final WorkResource work;
    private final ApiKeys keys;
    private final UnroutedProblems unrouted;
    private final long maxBodySize;
    private final Map<String, Call> calls = Map.of("jobs", this::enqueue, "reserve", this::reserve, "complete",
            this::complete);
    private final ObjectReader newJobs;
    private final ObjectReader reservations;
    private final ObjectReader completions;
    private final WorkAnswers answers;

    WorkShortcut(JobResource jobs, WorkResource work, ApiKeys keys, UnroutedProblems unrouted, ObjectMapper json,
            @ConfigProperty(name = "quarkus.http.limits.max-body-size") MemorySize maxBodySize) {
        this.jobs = jobs;
        this.work = work;
        this.keys = keys;
        this.unrouted = unrouted;
        this.maxBodySize = maxBodySize.asLongValue();
        this.newJobs = json.readerFor(NewJobs.class);
        this.reservations = json.readerFor(Reservation.class);
        this.completions = json.readerFor(Completion.class);
        this.answers = new WorkAnswers(json.getFactory());
    }

    void register(@Observes Router router) {
        // In front of the checks of paths and bodies: what goes this way has passed its own.
        router.route(HttpMethod.POST, PREFIX + "*").order(dev.millrace.http.route.RouteOrder.FAST_PATHS.order())
                .handler(this::take);
    }

    private void take(RoutingContext context) {
        HttpServerRequest request = context.request();
        String path = request.path();
        int slash = path.startsWith(PREFIX) ? path.indexOf('/', PREFIX.length()) : -1;
        String verb = slash < 0 ? "" : path.substring(slash + 1);
        Call call = calls.get(verb);
        if (call == null || BodilessRequests.isUnusual(request) || request.query() != null
                || !BodilessRequests.acceptsJson(request)) {
            context.next();
            return;
        }
        String queue = path.substring(PREFIX.length(), slash);
        long length = SmallBody.lengthOfJson(request);
        // Dot segments are refused, not taken for names.
        Caller caller = length == 0 || length > maxBodySize || !Keys.isName(queue) || queue.startsWith(".")
                ? null
                : keys.authenticate(request.getHeader(HttpHeaders.AUTHORIZATION));
        if (caller == null || !caller.may(Scopes.QUEUES)) {
            context.next();
            return;
        }
        RouteLabel.set(PREFIX + "{queue}/" + verb);
        SmallBody.read(request, body -> {
            try {
                call.answer(caller.tenant(), queue, body, context.response())
                        .subscribe().with(answer -> end(context, answer), e -> unrouted.answer(context, e));
            } catch (IOException | RuntimeException e) {
                unrouted.answer(context, e);
            }
        });
    }

    private Uni<Answer> enqueue(String tenant, String queue, byte[] body, HttpServerResponse response)
            throws IOException {
        NewJobs request = read(newJobs, body);
        return jobs.enqueue(tenant, queue, request)
                .map(enqueued -> new Answer(JobResource.status(enqueued), enqueued));
    }

    private Uni<Answer> reserve(String tenant, String queue, byte[] body, HttpServerResponse response)
            throws IOException {
        Reservation request = read(reservations, body);
        return work.reserve(tenant, queue, request, response::closed).map(reserved -> new Answer(200, reserved));
    }

    private Uni<Answer> complete(String tenant, String queue, byte[] body, HttpServerResponse response)
            throws IOException {
        Completion request = read(completions, body);
        return work.complete(tenant, queue, request, response::closed).map(outcomes -> new Answer(200, outcomes));
    }

    /** Null for a body of white space, as in the REST layer. */
    private static <T> T read(ObjectReader reader, byte[] body) throws IOException {
        for (byte b : body) {
            if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
                return reader.readValue(body);
            }
        }
        return null;
    }

    private void end(RoutingContext context, Answer answer) {
        HttpServerResponse response = context.response();
        if (response.closed()) {
            return;
        }
        try {
            byte[] body = answers.bytes(answer.body());
            response.setStatusCode(answer.status()).putHeader(HttpHeaders.CONTENT_TYPE, JSON).end(Buffer.buffer(body));
        } catch (IOException e) {
            unrouted.answer(context, e);
        }
    }
}
