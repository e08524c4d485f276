package dev.millrace.cache;

import java.util.List;

import dev.millrace.cache.freshness.CacheControl;
import dev.millrace.cache.freshness.CachePolicy;
import dev.millrace.http.problem.ApiException;

/** The directives of a caller's {@code Cache-Control}. Unlike an origin's, they are refused if they cannot be read. */
record CacheDirectives(CacheControl control) {

    private static final String FIELD = "Cache-Control";
    private static final long MAX_SECONDS = 400L * 24 * 3600;

    /** Parses the lines of the header field. */
    static CacheDirectives parse(List<String> lines) {
        return new CacheDirectives(CacheControl.parse(lines));
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
