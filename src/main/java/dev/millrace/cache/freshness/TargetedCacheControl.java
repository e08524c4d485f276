package dev.millrace.cache.freshness;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Parses {@code CDN-Cache-Control} (RFC 9213): a dictionary of structured fields (RFC 8941), so names are in lower case, and numbers are
 * never quoted. It replaces {@code Cache-Control} and {@code Expires}, unless it is empty or broken.
 */
final class TargetedCacheControl {

    private static final String NAME = "[a-z*][a-z0-9_.*-]*+";
    private static final String ITEM = "(?:-?\\d{1,15}+(?:\\.\\d{1,3}+)?+|\"(?:[ !#-\\[\\]-~]|\\\\[\\\\\"])*+\""
            + "|[A-Za-z*][!#$%&'*+.^_`|~0-9A-Za-z:/-]*+|:[A-Za-z0-9+/=]*+:|\\?[01])";
    private static final String PARAMETERS = "(?:; *+" + NAME + "(?:=" + ITEM + ")?+)*+";
    private static final Pattern MEMBER = Pattern.compile(
            "(" + NAME + ")(?:=(" + ITEM + "|\\((?: *+" + ITEM + PARAMETERS + ")*+ *+\\)))?+" + PARAMETERS);
    private static final Pattern COMMA = Pattern.compile("[ \\t]*+,[ \\t]*+");
    private static final Set<String> SECONDS = Set.of("max-age", "s-maxage", "stale-while-revalidate",
            "stale-if-error");
    private static final Set<String> FLAGS = Set.of("no-store", "must-revalidate", "proxy-revalidate",
            "must-understand", "no-transform", "public", "immutable");

    private TargetedCacheControl() {}

    /** Parses the lines of the field; null if it must be ignored. */
    static @Nullable CacheControl parse(List<String> lines) {
        String text = String.join(", ", lines).replaceAll("^[ ]+|[ ]+$", "");
        if (text.isEmpty()) {
            return null;
        }
        Map<String, List<String>> values = new HashMap<>();
        Matcher member = MEMBER.matcher(text);
        Matcher comma = COMMA.matcher(text);
        for (int at = 0;;) {
            if (!member.region(at, text.length()).lookingAt()) {
                return null;
            }
            // The last member of a name counts.
            if (!put(values, member.group(1), member.group(2))) {
                return null;
            }
            at = member.end();
            if (at == text.length()) {
                return new CacheControl(values, false);
            }
            if (!comma.region(at, text.length()).lookingAt() || comma.end() == text.length()) {
                return null;
            }
            at = comma.end();
        }
    }

    /** Whether the member has the type that its directive needs. */
    private static boolean put(Map<String, List<String>> values, String name, @Nullable String item) {
        boolean off = "?0".equals(item);
        boolean on = item == null || "?1".equals(item);
        if (off) {
            values.remove(name);
        } else {
            values.put(name, List.of(on || item == null ? "" : item));
        }
        return SECONDS.contains(name)
                ? item != null && item.matches("\\d+")
                : !FLAGS.contains(name) || on || off;
    }
}
