package dev.millrace.cache;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import io.vertx.core.MultiMap;

import dev.millrace.encoding.Digests;

/**
 * Which variant of a key a caller gets, in a region that names header fields of requests (RFC 9111, section 4.1). The origin gets those
 * fields of the caller, and no others; callers with the same values share a variant.
 *
 * @param fields to send to the origin, by name in lower case
 */
record Variant(Map<String, String> fields) {

    /** Of a region that names no fields. */
    static final Variant NONE = new Variant(Map.of());

    /** Names in a region. */
    static final int MAX_NAMES = 4;
    /** Characters of a value. A longer one counts as absent. */
    static final int MAX_VALUE = 256;

    private static final int NAME_BYTES = 16;
    private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}");
    /** Credentials, which must not choose what others get, and fields that Millrace sets or that concern one connection. */
    private static final Set<String> REFUSED = Set.of("authorization", "cookie", "cookie2", "host", "connection",
            "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "expect", "range", "cache-control", "pragma",
            "accept-encoding", "user-agent", "forwarded", "via", "session-token", "cache-lease", "*");
    private static final List<String> REFUSED_PREFIXES = List.of("proxy-", "if-", "content-", "x-forwarded-");

    /** Returns what is wrong with the names in a region; null if nothing is. */
    static @Nullable String problem(List<String> names) {
        if (names.size() > MAX_NAMES) {
            return "must have at most " + MAX_NAMES + " names";
        }
        for (String name : names) {
            String lower = name == null ? "" : name.toLowerCase(Locale.ROOT);
            if (!NAME.matcher(lower).matches()) {
                return "must be names of header fields, such as Accept-Language";
            }
            if (REFUSED.contains(lower) || REFUSED_PREFIXES.stream().anyMatch(lower::startsWith)) {
                return "must not contain " + name + ", which is not sent to origins";
            }
        }
        return null;
    }

    private static List<String> names(Region region) {
        return region.origin() == null ? List.of() : region.vary();
    }

    /** Returns the variant for a request; that of a region without origin is always {@link #NONE}. */
    static Variant of(Region region, MultiMap request) {
        return of(names(region), request);
    }

    /** Returns the variant for a request, by the header fields of these names. */
    static Variant of(List<String> names, MultiMap request) {
        if (names.isEmpty()) {
            return NONE;
        }
        Map<String, String> fields = new TreeMap<>();
        for (String name : names) {
            String value = String.join(", ", request.getAll(name)).strip();
            if (!value.isEmpty() && value.length() <= MAX_VALUE) {
                fields.put(name.toLowerCase(Locale.ROOT), value);
            }
        }
        return new Variant(fields);
    }

    /** Returns the head of a value that a caller stores: that it varies by what selected it. */
    static StoredHead head(Region region) {
        List<String> names = names(region);
        return names.isEmpty()
                ? StoredHead.NONE
                : new StoredHead(200, List.of(new StoredHead.Field("Vary", String.join(", ", names))));
    }

    /** Returns its name in Redis; empty for an entry without variants. */
    String id(Region region) {
        if (names(region).isEmpty()) {
            return "";
        }
        StringBuilder all = new StringBuilder();
        // No value has a line break, so no two requests look alike that are not.
        fields.forEach((name, value) -> all.append(name).append(':').append(value).append('\n'));
        return ':' + Digests.base64url(Digests.sha256(all.toString()), NAME_BYTES);
    }
}
