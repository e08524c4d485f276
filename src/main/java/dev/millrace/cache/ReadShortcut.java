package dev.millrace.cache;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.ws.rs.core.Response;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;

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
import dev.millrace.http.route.UnroutedProblems;
import dev.millrace.redis.Keys;

/**
 * A short way for the one request there are most of: {@code GET /v1/cache/{region}/{key}} without a query, with a valid key
 * and plain names. It skips the REST layer (docs/adr/0003-a-shortcut-past-the-rest-layer.md). Whatever is not exactly that
 * goes on to {@link CacheResource}, which gives the same answers, for both have them of {@link CacheReads}.
 */
@ApplicationScoped
public class ReadShortcut {

    private static final String PREFIX = "/v1/cache/";
    /** Needs no decoding, and is none of the words with a meaning of their own. */
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@~-][A-Za-z0-9._@~-]{0,127}");

    private final ApiKeys keys;
    private final CacheReads reads;
    private final UnroutedProblems unrouted;
    private final ObjectMapper json;

    ReadShortcut(ApiKeys keys, CacheReads reads, UnroutedProblems unrouted, ObjectMapper json) {
        this.keys = keys;
        this.reads = reads;
        this.unrouted = unrouted;
        this.json = json;
    }

    void register(@Observes Router router) {
        // In front of the checks of paths and bodies: what goes this way needs neither.
        router.route(HttpMethod.GET, PREFIX + "*").order(dev.millrace.http.route.RouteOrder.FAST_PATHS.order())
                .handler(this::read);
    }

    private void read(RoutingContext context) {
        HttpServerRequest request = context.request();
        String path = request.path();
        int slash = path.startsWith(PREFIX) ? path.indexOf('/', PREFIX.length()) : -1;
        String region = slash < 0 ? null : path.substring(PREFIX.length(), slash);
        if (region == null || request.query() != null || !Keys.isName(region) || region.equals(CacheResource.RESERVED)
                || !PLAIN.matcher(path.substring(slash + 1)).matches() || BodilessRequests.hasBody(request)
                || BodilessRequests.isUnusual(request) || request.headers().contains(HttpHeaders.ACCEPT)
                        && !request.getHeader(HttpHeaders.ACCEPT).equals("*/*")) {
            context.next();
            return;
        }
        Caller caller = keys.authenticate(request.getHeader(HttpHeaders.AUTHORIZATION));
        if (caller == null || !caller.may(Scopes.CACHE_READ)) {
            context.next();
            return;
        }
        RouteLabel.set(PREFIX + "{region}/{key}");
        reads.answer(caller.tenant(), region, path.substring(slash + 1), 0, 0, request)
                .subscribe().with(answer -> send(context, answer), failure -> unrouted.answer(context, failure));
    }

    private void send(RoutingContext context, Response answer) {
        HttpServerResponse response = context.response();
        if (response.closed()) {
            return;
        }
        response.setStatusCode(answer.getStatus());
        for (Map.Entry<String, List<Object>> field : answer.getHeaders().entrySet()) {
            for (Object value : field.getValue()) {
                response.putHeader(field.getKey(), value.toString());
            }
        }
        try {
            if (answer.getEntity() == null) {
                response.end();
            } else if (answer.getEntity() instanceof byte[] bytes) {
                response.end(Buffer.buffer(bytes));
            } else {
                response.end(Buffer.buffer(json.writeValueAsBytes(answer.getEntity())));
            }
        } catch (JsonProcessingException e) {
            unrouted.answer(context, e);
        }
    }
}
