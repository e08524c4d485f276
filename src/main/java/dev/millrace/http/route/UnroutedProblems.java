package dev.millrace.http.route;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import org.eclipse.microprofile.config.inject.ConfigProperty;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.quarkus.runtime.configuration.MemorySize;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

import dev.millrace.http.problem.ErrorCode;
import dev.millrace.http.problem.Failure;
import dev.millrace.http.problem.Problem;

/**
 * Responds with problems where there is no REST layer to do it: to unknown paths, bodies over the limit, requests that Vert.x refuses
 * itself, and failures of the {@link FastPaths}.
 */
@ApplicationScoped
public class UnroutedProblems {

    private final ObjectMapper json;
    private final long maxBodySize;

    UnroutedProblems(ObjectMapper json,
            @ConfigProperty(name = "quarkus.http.limits.max-body-size") MemorySize maxBodySize) {
        this.json = json;
        this.maxBodySize = maxBodySize.asLongValue();
    }

    void register(@Observes Router router) {
        router.route().order(RouteOrder.BODY_LIMIT.order()).handler(context -> {
            String length = context.request().getHeader(HttpHeaders.CONTENT_LENGTH);
            if (length != null && Long.parseLong(length) > maxBodySize) {
                LingeringClose.after(context.request());
                context.fail(413);
            } else {
                context.next();
            }
        }).failureHandler(this::answer);
        for (int status : new int[]{400, 404, 405, 406, 408, 413, 414, 415, 431, 500, 503}) {
            router.errorHandler(status, this::answer);
        }
    }

    /** Responds with the problem that a failure means. */
    public void answer(RoutingContext context, Throwable failure) {
        send(context, Failure.of(failure));
    }

    private void answer(RoutingContext context) {
        if (context.response().ended()) {
            // Quarkus has answered a body that turned out to be too large, and the REST layer stumbles over that.
            return;
        }
        int status = context.statusCode() < 400 ? 500 : context.statusCode();
        send(context, status == 500 && context.failure() != null
                ? Failure.of(context.failure())
                : Failure.ofCode(ErrorCode.ofStatus(status)));
    }

    private void send(RoutingContext context, Failure failure) {
        HttpServerResponse response = context.response();
        if (response.headWritten()) {
            // Over HTTP/2, this leaves the other streams of the connection alone.
            response.reset();
            return;
        }
        try {
            byte[] body = json.writeValueAsBytes(failure.problem(context.request().path()));
            failure.putHeaders(response::putHeader);
            response.setStatusCode(failure.code().status())
                    .putHeader(HttpHeaders.CONTENT_TYPE, Problem.MEDIA_TYPE)
                    .end(Buffer.buffer(body));
        } catch (JsonProcessingException e) {
            response.setStatusCode(500).end();
        }
    }
}
