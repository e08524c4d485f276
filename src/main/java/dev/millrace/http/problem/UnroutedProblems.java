package dev.millrace.http.problem;

import java.util.List;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.vertx.http.runtime.RouteConstants;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

import dev.millrace.http.route.LingeringClose;
import dev.millrace.redis.NotReplicatedException;
import dev.millrace.redis.RedisRefusedException;
import dev.millrace.redis.RedisUnavailableException;

/** Problems for what never reaches a resource: unknown paths, bodies over the limit, requests Vert.x refuses itself. */
@ApplicationScoped
public class UnroutedProblems {

    private static final Logger LOG = Logger.getLogger(UnroutedProblems.class);

    private final ObjectMapper json;
    private final long maxBodySize;

    UnroutedProblems(ObjectMapper json,
            @ConfigProperty(name = "quarkus.http.limits.max-body-size") MemorySize maxBodySize) {
        this.json = json;
        this.maxBodySize = maxBodySize.asLongValue();
    }

    void register(@Observes Router router) {
        // In front of Quarkus' own limit and failure handler, which answer the same with an empty body.
        router.route().order(RouteConstants.ROUTE_ORDER_UPLOAD_LIMIT - 1).handler(context -> {
            String length = context.request().getHeader(HttpHeaders.CONTENT_LENGTH);
            if (length != null && Long.parseLong(length) > maxBodySize) {
                LingeringClose.after(context.request(), context.vertx());
                context.fail(413);
            } else {
                context.next();
            }
        }).failureHandler(this::answer);
        for (int status : new int[]{400, 404, 405, 406, 408, 413, 414, 415, 431, 500, 503}) {
            router.errorHandler(status, this::answer);
        }
    }

    /** Answers a failure where there is no REST layer to do it. */
    public void answer(RoutingContext context, Throwable failure) {
        ApiException known = failure instanceof ApiException api
                ? api
                : failure instanceof JacksonException json ? ProblemMappers.ofJson(json) : null;
        if (known != null) {
            if (known.code().challenge() != null) {
                context.response().putHeader("WWW-Authenticate", known.code().challenge());
            }
            send(context, problem(context, known.code(), known.getMessage(), known.violations()));
        } else if (failure instanceof RedisUnavailableException e) {
            context.response().putHeader(HttpHeaders.RETRY_AFTER, "1");
            send(context, problem(context, ProblemMappers.code(e), e.getMessage(), List.of()));
        } else if (failure instanceof NotReplicatedException e) {
            context.response().putHeader(HttpHeaders.RETRY_AFTER, "1");
            send(context, problem(context, ErrorCode.NOT_REPLICATED, e.getMessage(), List.of()));
        } else if (failure instanceof RedisRefusedException e) {
            send(context, problem(context, ErrorCode.REDIS_REFUSED, e.getMessage(), List.of()));
        } else {
            LOG.error("Unexpected failure", failure);
            send(context, problem(context, ErrorCode.INTERNAL, null, List.of()));
        }
    }

    private static Problem problem(RoutingContext context, ErrorCode code, String detail, List<Violation> violations) {
        return new Problem(code, detail, context.request().path(), violations);
    }

    private void answer(RoutingContext context) {
        if (context.response().ended()) {
            // Quarkus has answered a body that turned out to be too large, and the REST layer stumbles over that.
            return;
        }
        int status = context.statusCode() < 400 ? 500 : context.statusCode();
        if (status >= 500 && context.failure() != null) {
            LOG.error("Unexpected failure", context.failure());
        }
        send(context, problem(context, ErrorCode.ofStatus(status), null, List.of()));
    }

    private void send(RoutingContext context, Problem problem) {
        if (context.response().headWritten()) {
            context.request().connection().close();
            return;
        }
        try {
            byte[] body = json.writeValueAsBytes(problem);
            context.response().setStatusCode(problem.getStatus())
                    .putHeader(HttpHeaders.CONTENT_TYPE, Problem.MEDIA_TYPE)
                    .end(Buffer.buffer(body));
        } catch (JsonProcessingException e) {
            context.response().setStatusCode(500).end();
        }
    }
}
