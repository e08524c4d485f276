package dev.millrace.oauth;

import jakarta.enterprise.context.ApplicationScoped;

import io.smallrye.mutiny.Uni;

import dev.millrace.session.SessionService;
import dev.millrace.token.TokenService;

/** Tokens of either kind; what a token begins with tells which. */
@ApplicationScoped
public class PresentedTokens {

    private static final String SESSION = "s1.";

    private final SessionService sessions;
    private final TokenService refreshTokens;

    PresentedTokens(SessionService sessions, TokenService refreshTokens) {
        this.sessions = sessions;
        this.refreshTokens = refreshTokens;
    }

    /** What a token stands for. */
    Uni<Introspection> introspect(String tenant, String token) {
        return token.startsWith(SESSION)
                ? sessions.inspect(tenant, token).map(Introspection::ofSession)
                : refreshTokens.inspect(tenant, token).map(Introspection::ofFamily);
    }

    /** Ends what a token stands for, if there is such a thing. */
    Uni<Void> revoke(String tenant, String token) {
        return token.startsWith(SESSION)
                ? sessions.revokeToken(tenant, token)
                : refreshTokens.revokeToken(tenant, token);
    }
}
