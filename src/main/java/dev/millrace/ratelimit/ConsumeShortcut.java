package dev.millrace.ratelimit;

import java.util.regex.Pattern;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;

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
import dev.millrace.http.problem.Problem;
import dev.millrace.http.route.BodilessRequests;
import dev.millrace.http.route.RouteLabel;
import dev.millrace.http.route.UnroutedProblems;

/**
 * A short way for the one request there are most of: {@code POST /v1/ratelimit/{policy}/{identifier}} without a body, with a
 * valid key, a known policy and a plain identifier. It skips the REST layer, which costs more than everything Millrace
 * itself does for such a request (docs/performance.md). Whatever is not exactly that goes on to {@link RateLimitResource},
 * which gives the same answers and all the errors.
 */
@ApplicationScoped
public class ConsumeShortcut {

    private static final String PREFIX = "/v1/ratelimit/";
    /** Needs no decoding and no validation, and is none of the words with a meaning of their own. */
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@~-][A-Za-z0-9._@~-]{0,127}");

    private final ApiKeys keys;
    private final Policies policies;
    private final RateLimitService service;
    private final RateLimitHeaders headers;
    private final UnroutedProblems unrouted;
    private final ObjectWriter decisions;
    private final ObjectWriter problems;

    ConsumeShortcut(ApiKeys keys, Policies policies, RateLimitService service, RateLimitHeaders headers,
            UnroutedProblems unrouted, ObjectMapper json) {
        this.keys = keys;
        this.policies = policies;
        this.service = service;
        this.headers = headers;
        this.unrouted = unrouted;
        this.decisions = json.writerFor(Decision.class);
        this.problems = json.writerFor(Problem.class);
    }

    void register(@Observes Router router) {
        // In front of the checks of paths and bodies: what goes this way needs neither.
        router.route(HttpMethod.POST, PREFIX + "*").order(dev.millrace.http.route.RouteOrder.FAST_PATHS.order())
                .handler(this::consume);
    }

    private void consume(RoutingContext context) {
        HttpServerRequest request = context.request();
        String path = request.path();
        int slash = path.startsWith(PREFIX) ? path.indexOf('/', PREFIX.length()) : -1;
        if (slash < 0 || BodilessRequests.isUnusual(request) || BodilessRequests.hasBody(request)
                || !BodilessRequests.acceptsJson(request)) {
            context.next();
            return;
        }
        String identifier = path.substring(slash + 1);
        Caller caller = keys.authenticate(request.getHeader(HttpHeaders.AUTHORIZATION));
        Policy policy = caller == null || !caller.may(Scopes.RATELIMIT) || !PLAIN.matcher(identifier).matches()
                ? null
                : policies.known(caller.tenant(), path.substring(PREFIX.length(), slash));
        if (policy == null || policy.algorithm() == Algorithm.CONCURRENCY) {
            context.next();
            return;
        }
        RouteLabel.set(PREFIX + "{policy}/{identifier}");
        service.check(caller.tenant(), policy, identifier, 1)
                .subscribe().with(decision -> answer(context, decision), failure -> unrouted.answer(context, failure));
    }

    private void answer(RoutingContext context, Decision decision) {
        HttpServerResponse response = context.response();
        if (response.closed()) {
            return;
        }
        headers.put(decision, response::putHeader);
        try {
            byte[] body;
            if (decision.allowed()) {
                response.putHeader(HttpHeaders.CONTENT_TYPE, "application/json");
                body = decisions.writeValueAsBytes(decision);
            } else {
                response.setStatusCode(429).putHeader(HttpHeaders.CONTENT_TYPE, Problem.MEDIA_TYPE);
                body = problems.writeValueAsBytes(DecisionResponse.problem(decision, 429));
            }
            response.end(Buffer.buffer(body));
        } catch (JsonProcessingException e) {
            unrouted.answer(context, e);
        }
    }
}
