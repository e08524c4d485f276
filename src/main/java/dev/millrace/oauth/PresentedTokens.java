package dev.millrace.oauth;

import java.util.Map;
import java.util.function.BiFunction;

import jakarta.enterprise.context.ApplicationScoped;

import org.jspecify.annotations.Nullable;

import io.smallrye.mutiny.Uni;

import dev.millrace.http.json.JsonObject;
import dev.millrace.http.json.JsonValue;
import dev.millrace.session.SessionService;
import dev.millrace.token.TokenService;
import dev.millrace.user.StoredRecord;

/** Session tokens and refresh tokens. The prefix of a token tells its kind. */
@ApplicationScoped
public class PresentedTokens {

    private static final String SESSION = "s1.";

    private final SessionService sessions;
    private final TokenService refreshTokens;
    private final RegisteredClaims claims;

    PresentedTokens(SessionService sessions, TokenService refreshTokens, RegisteredClaims claims) {
        this.claims = claims;
        this.sessions = sessions;
        this.refreshTokens = refreshTokens;
    }

    /** Returns the session or refresh token. */
    Uni<Introspection> introspect(String tenant, String token) {
        return token.startsWith(SESSION)
                ? sessions.inspect(tenant, token).map(found -> introspection(found, Introspection::ofSession))
                : refreshTokens.inspect(tenant, token).map(found -> introspection(found, Introspection::ofFamily));
    }

    private Introspection introspection(@Nullable StoredRecord found,
            BiFunction<StoredRecord, Map<String, JsonValue>, Introspection> active) {
        if (found == null) {
            return Introspection.inactive();
        }
        Map<String, JsonValue> registered = claims.of(new JsonObject(found.data()));
        return claims.isTooEarly(registered) ? Introspection.inactive() : active.apply(found, registered);
    }

    /** Ends the session, or the family of the refresh token, if there is one. */
    Uni<Void> revoke(String tenant, String token) {
        return token.startsWith(SESSION)
                ? sessions.revokeToken(tenant, token)
                : refreshTokens.revokeToken(tenant, token);
    }
}
