package dev.millrace.cache;

import java.net.URI;
import java.net.URISyntaxException;

import org.jspecify.annotations.Nullable;

import dev.millrace.encoding.PercentEncoding;
import dev.millrace.outbound.TargetHost;

/**
 * The origin of a region: an absolute http or https URL with {@code {key}} in its path or query. All characters of a key but letters,
 * digits and {@code - _ ~ .} are percent-encoded, and a key must not contain a segment of dots, not even for a server that decodes it. So no key leads
 * to another host, port, scheme or path than the template's.
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

    /** Returns the URL of a key; null for a key that a server might take for a way out of the template's path. */
    @Nullable
    URI of(String key) {
        if (DotSegments.mayArise(around(true), key, around(false))) {
            return null;
        }
        return URI.create(template.replace(KEY, PercentEncoding.encode(key, PercentEncoding::isUnreserved)));
    }

    /** Returns what stands beside the key in its segment of the path; null for a key in the query, which is no path. */
    private @Nullable String around(boolean before) {
        int key = template.indexOf(KEY);
        int query = template.indexOf('?');
        if (query >= 0 && query < key) {
            return null;
        }
        if (before) {
            return template.substring(template.lastIndexOf('/', key) + 1, key);
        }
        String rest = template.substring(key + KEY.length());
        return rest.substring(0, Math.min(end(rest, '/'), end(rest, '?')));
    }

    private static int end(String text, char c) {
        int at = text.indexOf(c);
        return at < 0 ? text.length() : at;
    }
}
