package dev.millrace.cache;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import dev.millrace.http.problem.ApiException;

/** The directives of a {@code Cache-Control} header field (RFC 9111, section 5.2; RFC 5861). Names are in lower case. */
final class CacheDirectives {

    private static final String FIELD = "Cache-Control";
    private static final long MAX_SECONDS = 400L * 24 * 3600;

    private final Map<String, String> values;

    private CacheDirectives(Map<String, String> values) {
        this.values = values;
    }

    /** Parses the header field; null means no directives. */
    static CacheDirectives parse(@Nullable String header) {
        Map<String, String> values = new HashMap<>();
        if (header != null) {
            for (String directive : header.split(",")) {
                String[] pair = directive.strip().split("=", 2);
                if (!pair[0].isEmpty()) {
                    values.put(pair[0].strip().toLowerCase(Locale.ROOT),
                            pair.length == 1 ? "" : pair[1].strip().replace("\"", ""));
                }
            }
        }
        return new CacheDirectives(values);
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    /**
     * Returns the seconds of a directive, in ms.
     *
     * @return {@code otherwise} if the directive is absent
     * @throws ApiException 400 if it is not a number of seconds up to 400 days
     */
    long ms(String name, long otherwise) {
        String value = values.get(name);
        if (value == null) {
            return otherwise;
        }
        if (value.isEmpty() || value.length() > 9 || !value.chars().allMatch(c -> c >= '0' && c <= '9')
                || Long.parseLong(value) > MAX_SECONDS) {
            throw ApiException.invalid(FIELD, name + " must be a number of seconds, at most " + MAX_SECONDS);
        }
        return Long.parseLong(value) * 1000;
    }
}
