package dev.millrace.ratelimit;

import java.util.List;

import jakarta.inject.Singleton;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;

import org.jboss.resteasy.reactive.RestResponse;
import org.jboss.resteasy.reactive.RestResponse.ResponseBuilder;

import dev.millrace.http.problem.ErrorCode;
import dev.millrace.http.problem.Problem;

/** A decision as an HTTP response: 200, or 429 as a problem with the members of the decision. */
@Singleton
class DecisionResponse {

    private final RateLimitHeaders headers;

    DecisionResponse(RateLimitHeaders headers) {
        this.headers = headers;
    }

    RestResponse<Object> of(Decision d) {
        return d.allowed() ? ofPeek(d) : denied(d, 429);
    }

    RestResponse<Object> denied(Decision d, int status) {
        return with(d,
                ResponseBuilder.<Object>create(status).entity(problem(d, status)).type(Problem.MEDIA_TYPE).build());
    }

    RestResponse<Object> noContent(Decision d) {
        return with(d, ResponseBuilder.<Object>noContent().build());
    }

    /** A peek returns 200 for every decision. */
    RestResponse<Object> ofPeek(Decision d) {
        return with(d, ResponseBuilder.<Object>ok(d).type(MediaType.APPLICATION_JSON_TYPE).build());
    }

    static Problem problem(Decision d, int status) {
        return new Problem(ErrorCode.RATE_LIMITED, status, detail(d), null, List.of())
                .with("allowed", false)
                .with("policy", d.policy())
                .with("identifier", d.identifier())
                .with("limit", d.limit())
                .with("remaining", d.remaining())
                .with("resetMs", d.resetMs())
                .with("retryAfterMs", d.retryAfterMs())
                .with("degraded", d.degraded())
                .with("violated-policies", List.of(d.policy()));
    }

    private static String detail(Decision d) {
        return d.isHopeless()
                ? "A cost of " + d.check().cost() + " is never admitted: the limit is " + d.check().policy().burst()
                : "Try again in " + d.retryAfterMs() + " ms";
    }

    /** Adds the header fields of a decision. */
    <T> RestResponse<T> with(Decision d, RestResponse<T> response) {
        MultivaluedMap<String, Object> fields = response.getHeaders();
        headers.put(d, fields::putSingle);
        return response;
    }
}
