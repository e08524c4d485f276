package dev.millrace.cache;

import java.net.URI;
import java.net.URISyntaxException;

import org.jspecify.annotations.Nullable;

import dev.millrace.encoding.PercentEncoding;
import dev.millrace.outbound.TargetHost;

/**
 * The origin of a region: an absolute http or https URL with {@code {key}} in its path or query. All characters of a key but letters,
 * digits and {@code - _ ~ .} are percent-encoded, and a key must not be a segment of dots. So no key leads to another host, port, scheme
 * or path than the template's.
 */
record Origin(String template) {

    static final String KEY = "{key}";
    private static final int MAX_LENGTH = 2048;

    /** Returns what is wrong with a template, or null. */
    static @Nullable String problem(String template) {
        if (template.length() > MAX_LENGTH) {
            return "must have at most " + MAX_LENGTH + " characters";
        }
        int first = template.indexOf(KEY);
        if (first < 0 || template.indexOf(KEY, first + 1) >= 0) {
            return "must contain {key} once";
        }
        try {
            URI uri = new URI(template.replace(KEY, "key"));
            URI other = new URI(template.replace(KEY, "other"));
            if (!TargetHost.isIn(uri) || uri.getHost() == null || uri.getRawFragment() != null) {
                return TargetHost.PROBLEM;
            }
            if (!uri.getScheme().equals(other.getScheme()) || !uri.getRawAuthority().equals(other.getRawAuthority())) {
                return "must have {key} in its path or query";
            }
            return null;
        } catch (URISyntaxException e) {
            return "must be a URL";
        }
    }

    /** Returns the template without its query, which may contain a secret. */
    String withoutQuery() {
        int query = template.indexOf('?');
        return query < 0 ? template : template.substring(0, query);
    }

    /** Returns the URL of a key; null for a key that has none. */
    @Nullable
    URI of(String key) {
        if (key.equals(".") || key.equals("..")) {
            return null;
        }
        return URI.create(template.replace(KEY, PercentEncoding.encode(key, PercentEncoding::isUnreserved)));
    }
}
