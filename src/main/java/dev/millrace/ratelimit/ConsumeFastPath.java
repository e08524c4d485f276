package dev.millrace.ratelimit;

import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;

import io.smallrye.mutiny.Uni;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;

import dev.millrace.auth.Scopes;
import dev.millrace.http.problem.Problem;
import dev.millrace.http.route.Caller;
import dev.millrace.http.route.FastPath;

/**
 * The {@link FastPath} for consuming 1 under a policy that this replica knows. {@link RateLimitResource} serves all other requests,
 * and gives the same responses.
 */
@Singleton
class ConsumeFastPath {

    private final Policies policies;
    private final RateLimitService service;
    private final RateLimitHeaders headers;
    private final ObjectWriter decisions;
    private final ObjectWriter problems;

    ConsumeFastPath(Policies policies, RateLimitService service, RateLimitHeaders headers, ObjectMapper json) {
        this.policies = policies;
        this.service = service;
        this.headers = headers;
        this.decisions = json.writerFor(Decision.class);
        this.problems = json.writerFor(Problem.class);
    }

    @Produces
    @Singleton
    FastPath declaration() {
        return FastPath.post("/v1/ratelimit/{policy}/{identifier}").scope(Scopes.RATELIMIT).json().noStore()
                .serve(this::consume, this::write);
    }

    private @Nullable Uni<Decision> consume(HttpServerRequest request, Caller caller, String name, String identifier) {
        Policy policy = policies.known(caller.tenant(), name);
        return policy == null || policy.algorithm() == Algorithm.CONCURRENCY
                ? null
                : service.check(caller.tenant(), policy, identifier, 1);
    }

    private void write(HttpServerResponse response, Decision decision) throws JsonProcessingException {
        byte[] body;
        if (decision.allowed()) {
            body = decisions.writeValueAsBytes(decision);
            response.putHeader(HttpHeaders.CONTENT_TYPE, "application/json");
        } else {
            body = problems.writeValueAsBytes(DecisionResponse.problem(decision, 429));
            response.setStatusCode(429).putHeader(HttpHeaders.CONTENT_TYPE, Problem.MEDIA_TYPE);
        }
        headers.put(decision, response::putHeader);
        response.end(Buffer.buffer(body));
    }
}
