package dev.millrace.http;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import dev.millrace.http.problem.ApiException;

/** Lists of entity tags (RFC 9110, section 8.8.3), and those that are version numbers: {@code "3"}. Empty elements of a list are skipped. */
public final class EntityTags {

    private static final Pattern LIST = Pattern
            .compile("[ \\t,]*+(?:W/)?\"[^\"]*+\"(?:[ \\t]*+,[ \\t,]*+(?:W/)?\"[^\"]*+\"){0,99}+[ \\t,]*+");
    /** A tag of a list, which need not be a valid one: a blank in it must not make the rest of the list mean something else. */
    private static final Pattern TAG = Pattern.compile("(W/)?\"([^\"]*+)\"");
    /** The characters of a valid tag (RFC 9110, section 8.8.3). */
    private static final Pattern OPAQUE = Pattern.compile("[!#-~\\x80-\\xff]*+");
    /** Weak tags do not count, nor ones such as 02: If-Match compares strongly, character by character. */
    private static final Pattern VERSION = Pattern.compile("(?<!W/)\"([1-9]\\d{0,14})\"");

    private EntityTags() {}

    /** The tag of a version. */
    public static String of(long version) {
        return '"' + Long.toString(version) + '"';
    }

    /**
     * The versions an {@code If-Match} allows; null where any will do, because it is absent or {@code *}.
     *
     * @throws ApiException 400 if it is no list of entity tags
     */
    public static @Nullable List<Long> ifMatch(@Nullable String header) {
        if (header == null || header.strip().equals("*")) {
            return null;
        }
        if (!LIST.matcher(header).matches()) {
            throw ApiException.invalid("If-Match", "must be * or up to 100 entity tags such as \"3\"");
        }
        List<Long> versions = new ArrayList<>();
        Matcher version = VERSION.matcher(header);
        while (version.find()) {
            versions.add(Long.valueOf(version.group(1)));
        }
        return versions;
    }

    /**
     * The valid tags of a list, without quotes. Others equal no tag, so they are left out.
     *
     * @param field name of the header field
     * @param strong whether to leave out weak tags, because the field compares strongly
     * @return null for {@code *}
     * @throws ApiException 400 if it is neither {@code *} nor a list of up to 100 entity tags
     */
    public static @Nullable List<String> tags(String field, String header, boolean strong) {
        if (header.strip().equals("*")) {
            return null;
        }
        if (!LIST.matcher(header).matches()) {
            throw ApiException.invalid(field, "must be * or up to 100 entity tags such as \"3\"");
        }
        List<String> tags = new ArrayList<>();
        Matcher tag = TAG.matcher(header);
        while (tag.find()) {
            if (OPAQUE.matcher(tag.group(2)).matches() && !(strong && tag.group(1) != null)) {
                tags.add(tag.group(2));
            }
        }
        return tags;
    }
}
