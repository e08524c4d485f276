package dev.millrace.oauth;

import jakarta.enterprise.context.ApplicationScoped;

import io.smallrye.mutiny.Uni;

import dev.millrace.session.SessionService;
import dev.millrace.token.TokenService;

/** Session tokens and refresh tokens. The prefix of a token tells its kind. */
@ApplicationScoped
public class PresentedTokens {

    private static final String SESSION = "s1.";

    private final SessionService sessions;
    private final TokenService refreshTokens;

    PresentedTokens(SessionService sessions, TokenService refreshTokens) {
        this.sessions = sessions;
        this.refreshTokens = refreshTokens;
    }

    /** Returns the session or refresh token. */
    Uni<Introspection> introspect(String tenant, String token) {
        return token.startsWith(SESSION)
                ? sessions.inspect(tenant, token).map(Introspection::ofSession)
                : refreshTokens.inspect(tenant, token).map(Introspection::ofFamily);
    }

    /** Ends the session, or the family of the refresh token, if there is one. */
    Uni<Void> revoke(String tenant, String token) {
        return token.startsWith(SESSION)
                ? sessions.revokeToken(tenant, token)
                : refreshTokens.revokeToken(tenant, token);
    }
}
