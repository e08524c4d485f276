package dev.millrace.http;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import dev.millrace.http.problem.ApiException;

/** Entity tags that are version numbers: {@code "3"} (RFC 9110, section 8.8.3). */
public final class EntityTags {

    private static final Pattern LIST = Pattern
            .compile("\\s*+(?:W/)?\"[^\"]*+\"(?:\\s*+,\\s*+(?:W/)?\"[^\"]*+\"){0,99}+\\s*+");
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
    public static @Nullable List<Long> ifMatch(String header) {
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
}
