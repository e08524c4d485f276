package dev.millrace.http.route;

/**
 * Paths under which requests without a body keep their {@code Content-Type}. A feature that needs it produces a bean of this type.
 *
 * @param pathPrefix such as {@code /v1/cache/}
 */
public record KeptContentType(String pathPrefix) {}
