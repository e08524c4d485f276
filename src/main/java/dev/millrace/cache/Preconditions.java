package dev.millrace.cache;

import java.util.List;

import jakarta.ws.rs.core.HttpHeaders;

import org.jspecify.annotations.Nullable;

import io.vertx.core.MultiMap;

import dev.millrace.http.EntityTags;
import dev.millrace.http.problem.ApiException;

/**
 * The preconditions of a write (RFC 9110, section 13.1): each empty for none, {@code *}, or tags, each between blanks. An entry matches
 * under its tag, and under that of its compressed form. A date of an entry that a caller stored is not available, so
 * {@code If-Unmodified-Since} has no effect on writes (section 13.1.4).
 *
 * @param match {@code If-Match}, which compares strongly: without weak tags
 * @param none {@code If-None-Match}
 */
record Preconditions(String match, String none) {

    static final Preconditions NONE = new Preconditions("", "");
    static final String GZIP_SUFFIX = "-gzip";
    private static final String NO_TAGS = " ";

    /** Returns the preconditions of a request; fails with 400 if one of them cannot be read, so that no write happens in spite of it. */
    static Preconditions of(MultiMap headers) {
        return new Preconditions(list(headers, HttpHeaders.IF_MATCH, true),
                list(headers, HttpHeaders.IF_NONE_MATCH, false));
    }

    /** Returns the {@code If-Match} of a request. */
    static String ifMatch(MultiMap headers) {
        return list(headers, HttpHeaders.IF_MATCH, true);
    }

    /** Returns the {@code If-None-Match} of a read. One that cannot be read has no tags: the whole response is right in any case. */
    static String ifNoneMatch(MultiMap headers) {
        try {
            return list(headers, HttpHeaders.IF_NONE_MATCH, false);
        } catch (ApiException e) {
            return NO_TAGS;
        }
    }

    boolean isEmpty() {
        return match.isEmpty() && none.isEmpty();
    }

    /** Whether a list of tags has this tag, or is {@code *}. */
    static boolean has(String list, @Nullable String etag) {
        return list.equals("*") || etag != null && list.contains(' ' + etag + ' ');
    }

    private static String list(MultiMap headers, String field, boolean strong) {
        List<String> lines = headers.getAll(field);
        if (lines.isEmpty()) {
            return "";
        }
        List<String> tags = EntityTags.tags(field, String.join(",", lines), strong);
        if (tags == null) {
            return "*";
        }
        StringBuilder list = new StringBuilder(NO_TAGS);
        for (String tag : tags) {
            list.append(tag).append(' ');
            if (tag.endsWith(GZIP_SUFFIX)) {
                list.append(tag, 0, tag.length() - GZIP_SUFFIX.length()).append(' ');
            }
        }
        return list.toString();
    }
}
