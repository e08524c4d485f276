package dev.millrace.http.route;

import org.jspecify.annotations.Nullable;

/** Finds out whose API key a request carries. The package {@code auth} implements it, so that no arrow points back to it. */
public interface Authenticator {

    /**
     * Returns the client that sent a request.
     *
     * @param authorization the {@code Authorization} header field; may be null
     * @param scope that the key must have
     * @return null without a valid key, or if the key lacks the scope
     */
    @Nullable
    Caller caller(String authorization, String scope);
}
