package dev.millrace.http;

import java.util.List;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import org.jboss.logging.Logger;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/** Problems for what never reaches a resource: unknown paths, bodies over the limit, requests Vert.x refuses itself. */
@ApplicationScoped
public class UnroutedProblems {

    private static final Logger LOG = Logger.getLogger(UnroutedProblems.class);

    private final ObjectMapper json;

    UnroutedProblems(ObjectMapper json) {
        this.json = json;
    }

    void register(@Observes Router router) {
        for (int status : new int[]{400, 404, 405, 406, 408, 413, 414, 415, 431, 500, 503}) {
            router.errorHandler(status, this::answer);
        }
    }

    private void answer(RoutingContext context) {
        if (context.response().headWritten()) {
            context.request().connection().close();
            return;
        }
        int status = context.statusCode() < 400 ? 500 : context.statusCode();
        if (status >= 500 && context.failure() != null) {
            LOG.error("Unexpected failure", context.failure());
        }
        ErrorCode code = ErrorCode.ofStatus(status);
        try {
            byte[] body = json.writeValueAsBytes(new Problem(code, null, context.request().path(), List.of()));
            context.response().setStatusCode(code.status())
                    .putHeader(HttpHeaders.CONTENT_TYPE, Problem.MEDIA_TYPE)
                    .end(io.vertx.core.buffer.Buffer.buffer(body));
        } catch (JsonProcessingException e) {
            context.response().setStatusCode(500).end();
        }
    }
}
