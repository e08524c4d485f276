package dev.millrace.cache;

import java.util.List;

import io.vertx.core.http.HttpServerRequest;

import dev.millrace.cache.freshness.CacheControl;
import dev.millrace.cache.freshness.CachePolicy;
import dev.millrace.http.problem.ApiException;

/** The directives of a caller's {@code Cache-Control}. Unlike an origin's, they are refused if they cannot be read. */
record CacheDirectives(CacheControl control) {

    private static final String FIELD = "Cache-Control";
    private static final String NO_CACHE = "no-cache";
    private static final long MAX_SECONDS = 400L * 24 * 3600;

    /** Parses the lines of the header field. */
    static CacheDirectives parse(List<String> lines) {
        return new CacheDirectives(CacheControl.parse(lines));
    }

    /**
     * Parses the header field of a PUT. The function {@code fetch} of browsers, Node and others adds {@code Cache-Control: no-cache} and
     * {@code Pragma: no-cache} to each request that has a precondition (WHATWG Fetch, HTTP-network-or-cache fetch). That concerns the
     * way of the request, not the value in it, and counts as no directive.
     */
    static CacheDirectives ofWrite(List<String> lines, HttpServerRequest request) {
        boolean isOfFetch = lines.size() == 1 && lines.get(0).strip().equalsIgnoreCase(NO_CACHE)
                && NO_CACHE.equalsIgnoreCase(request.getHeader("Pragma"));
        return parse(isOfFetch ? List.of() : lines);
    }

    boolean has(String name) {
        return control.has(name);
    }

    /** Whether the entry must never be served stale; {@code s-maxage} implies it, as in an origin's response. */
    boolean neverStale() {
        return CachePolicy.isStrict(control);
    }

    /**
     * Returns the seconds of a directive, in ms.
     *
     * @return {@code otherwise} if the directive is absent
     * @throws ApiException 400 if it is not a number of seconds up to 400 days
     */
    long ms(String name, long otherwise) {
        long seconds = control.seconds(name);
        if (seconds == CacheControl.ABSENT) {
            return otherwise;
        }
        if (seconds == CacheControl.INVALID || seconds > MAX_SECONDS) {
            throw ApiException.invalid(FIELD, name + " must be a number of seconds, at most " + MAX_SECONDS);
        }
        return seconds * 1000;
    }
}
