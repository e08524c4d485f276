package dev.millrace.session;

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
import dev.millrace.http.EntityTags;
import dev.millrace.http.route.BodilessRequests;
import dev.millrace.http.route.RouteLabel;
import dev.millrace.http.route.UnroutedProblems;

/**
 * A short way for the one request there are most of: {@code GET /v1/sessions/current} without a query, with a valid key and a
 * token that may be one. It skips the REST layer (docs/adr/0003-a-shortcut-past-the-rest-layer.md). Whatever is not exactly
 * that goes on to {@link SessionResource}, which gives the same answers and the other errors.
 */
@ApplicationScoped
public class CurrentShortcut {

    private static final String PATH = "/v1/sessions/current";
    private static final CharSequence NO_STORE = HttpHeaders.createOptimized("no-store");
    private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");

    private final ApiKeys keys;
    private final SessionService service;
    private final UnroutedProblems unrouted;
    private final ObjectWriter sessions;

    CurrentShortcut(ApiKeys keys, SessionService service, UnroutedProblems unrouted, ObjectMapper json) {
        this.keys = keys;
        this.service = service;
        this.unrouted = unrouted;
        this.sessions = json.writerFor(Session.class);
    }

    void register(@Observes Router router) {
        // In front of the checks of paths and bodies: what goes this way needs neither.
        router.route(HttpMethod.GET, PATH).order(dev.millrace.http.route.RouteOrder.FAST_PATHS.order())
                .handler(this::current);
    }

    private void current(RoutingContext context) {
        HttpServerRequest request = context.request();
        SessionToken token = BodilessRequests.isUnusual(request) || request.query() != null
                || !request.path().equals(PATH)
                || BodilessRequests.hasBody(request)
                || !BodilessRequests.acceptsJson(request)
                        ? null
                        : SessionToken.parse(request.getHeader(SessionResource.TOKEN));
        Caller caller = token == null ? null : keys.authenticate(request.getHeader(HttpHeaders.AUTHORIZATION));
        if (caller == null || !caller.may(Scopes.SESSIONS)) {
            context.next();
            return;
        }
        RouteLabel.set(PATH);
        context.response().putHeader(HttpHeaders.CACHE_CONTROL, NO_STORE);
        service.current(caller.tenant(), token, true)
                .subscribe().with(session -> answer(context, session), failure -> unrouted.answer(context, failure));
    }

    private void answer(RoutingContext context, Session session) {
        HttpServerResponse response = context.response();
        if (response.closed()) {
            return;
        }
        try {
            byte[] body = sessions.writeValueAsBytes(session);
            response.putHeader(HttpHeaders.CONTENT_TYPE, JSON)
                    .putHeader(HttpHeaders.ETAG, EntityTags.of(session.version())).end(Buffer.buffer(body));
        } catch (JsonProcessingException e) {
            unrouted.answer(context, e);
        }
    }
}
