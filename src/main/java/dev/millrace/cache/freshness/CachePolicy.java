package dev.millrace.cache.freshness;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * Whether a shared cache may store a response, and whether it may serve it stale (RFC 9111, sections 3 and 4.2.4). The request had no
 * credentials.
 *
 * @param control the directives that count: those of {@code CDN-Cache-Control}, else of {@code Cache-Control}
 * @param targeted whether they are those of {@code CDN-Cache-Control}, so that {@code Expires} does not count
 * @param refusal why the response must not be stored; null if it may be
 */
public record CachePolicy(CacheControl control, boolean targeted, @Nullable String refusal) {

    private static final List<String> CDN = List.of("cdn-cache-control");
    private static final List<String> STRICT = List.of("must-revalidate", "proxy-revalidate", "s-maxage", "no-cache");

    /**
     * Reads the fields of a response.
     *
     * @param fields returns the lines of a field, whose name is in lower case; empty if it is absent
     */
    public static CachePolicy of(Function<String, List<String>> fields) {
        for (String name : CDN) {
            CacheControl targeted = TargetedCacheControl.parse(fields.apply(name));
            if (targeted != null) {
                return new CachePolicy(targeted, true, refusal(targeted));
            }
        }
        List<String> lines = fields.apply("cache-control");
        CacheControl control = CacheControl.parse(lines);
        boolean pragma = lines.isEmpty() && CacheControl.parse(fields.apply("pragma")).has("no-cache");
        return new CachePolicy(control, false, pragma ? "Pragma: no-cache" : refusal(control));
    }

    private static @Nullable String refusal(CacheControl control) {
        if (control.isMalformed()) {
            return "a malformed Cache-Control";
        }
        // Every status that is stored is understood, so must-understand overrides no-store (RFC 9111, section 5.2.2.3).
        if (control.has("no-store") && !control.has("must-understand")) {
            return "no-store";
        }
        // Also private="field" and no-cache="field", which a cache may take for the whole response.
        if (control.has("private")) {
            return "private";
        }
        return control.has("no-cache") ? "no-cache" : null;
    }

    /** Whether what has these directives must never be served stale, whatever the region says; {@code s-maxage} implies it. */
    public static boolean isStrict(CacheControl control) {
        return STRICT.stream().anyMatch(control::has);
    }

    /**
     * Returns how long the response may be served stale in one way, in ms.
     *
     * @param directive {@code stale-while-revalidate} or {@code stale-if-error}
     * @param otherwise if the response has no such directive
     */
    public long staleMs(String directive, long otherwise) {
        if (isStrict(control)) {
            return 0;
        }
        long seconds = control.seconds(directive);
        return seconds == CacheControl.ABSENT ? otherwise : Math.max(0, seconds) * 1000;
    }

    /** Returns the names in {@code Vary}, in lower case and sorted; {@code *} is one of them. */
    public static Set<String> vary(List<String> lines) {
        Set<String> names = new TreeSet<>();
        for (String line : lines) {
            for (String name : line.split(",")) {
                if (!name.isBlank()) {
                    names.add(name.strip().toLowerCase(Locale.ROOT));
                }
            }
        }
        return names;
    }
}
