package dev.millrace.kv;

import java.util.List;

import jakarta.inject.Singleton;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;

import dev.millrace.auth.ApiKeys;
import dev.millrace.auth.Scopes;
import dev.millrace.http.route.Caller;

/** Authenticates requests and checks their scope. */
@Singleton
class KvAccess {

    /** The query parameter that may hold the key: for clients that cannot set header fields, such as an EventSource. */
    static final String TOKEN = "_token";

    private final ApiKeys keys;

    KvAccess(ApiKeys keys) {
        this.keys = keys;
    }

    /**
     * Returns the caller.
     *
     * @param scope that the key must have
     * @throws KvException 401 without a valid key, 403 if the key lacks the scope
     */
    Caller caller(HttpServerRequest request, String scope) {
        List<String> authorization = request.headers().getAll(HttpHeaders.AUTHORIZATION);
        if (authorization.isEmpty() && request.query() != null && request.query().contains(TOKEN)) {
            authorization = request.params().getAll(TOKEN).stream().map(token -> "Bearer " + token).toList();
        }
        Caller caller = keys.authenticateFields(authorization);
        if (caller == null) {
            throw new KvException(401, "WRONGPASS invalid or missing auth token");
        }
        if (!caller.may(scope)) {
            throw new KvException(403, "NOPERM the key " + caller.keyId() + " needs the scope " + scope);
        }
        return caller;
    }

    /** Returns whether a caller may only run commands that read. */
    static boolean isReadOnly(Caller caller) {
        return !caller.may(Scopes.REDIS);
    }
}
