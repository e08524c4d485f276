package dev.millrace.session;

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
import dev.millrace.http.EntityTags;
import dev.millrace.http.route.Caller;
import dev.millrace.http.route.FastPath;

/**
 * The {@link FastPath} for reading, and so using, the session of a well-formed token. {@link SessionResource} serves all other
 * requests, and gives the same responses.
 */
@Singleton
class CurrentFastPath {

    private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");

    private final SessionService service;
    private final ObjectWriter sessions;

    CurrentFastPath(SessionService service, ObjectMapper json) {
        this.service = service;
        this.sessions = json.writerFor(Session.class);
    }

    @Produces
    @Singleton
    FastPath declaration() {
        return FastPath.get("/v1/sessions/current").scope(Scopes.SESSIONS).json().noStore()
                .serve(this::current, this::write);
    }

    private @Nullable Uni<Session> current(HttpServerRequest request, Caller caller, String name, String identifier) {
        SessionToken token = SessionToken.parse(request.getHeader(SessionResource.TOKEN));
        return token == null ? null : service.current(caller.tenant(), token, true);
    }

    private void write(HttpServerResponse response, Session session) throws JsonProcessingException {
        byte[] body = sessions.writeValueAsBytes(session);
        response.putHeader(HttpHeaders.CONTENT_TYPE, JSON)
                .putHeader(HttpHeaders.ETAG, EntityTags.of(session.version())).end(Buffer.buffer(body));
    }
}
