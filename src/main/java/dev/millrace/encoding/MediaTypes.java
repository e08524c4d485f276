package dev.millrace.encoding;

import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/** Media types in header fields (RFC 9110, section 8.3.1). */
public final class MediaTypes {

    /** The type of bytes of which nothing is known. */
    public static final String OCTETS = "application/octet-stream";

    /** Longest media type that is accepted, in characters. */
    public static final int MAX_LENGTH = 256;

    /** Without {@code *}, because that is part of ranges of media types. */
    private static final String TOKEN = "[!#$%&'+.^_`|~0-9A-Za-z-]++";
    private static final String QUOTED = "\"(?:[\\t !#-\\[\\]-~\\x80-\\xff]|\\\\[\\t -~\\x80-\\xff])*+\"";
    private static final Pattern TYPE = Pattern.compile(
            TOKEN + "/" + TOKEN + "(?:[ \\t]*+;[ \\t]*+(?:" + TOKEN + "=(?:" + TOKEN + "|" + QUOTED
                    + "))?+)*+[ \\t]*+");

    private MediaTypes() {}

    /** Whether a text is a media type of at most {@link #MAX_LENGTH} characters, with or without parameters. */
    public static boolean isMediaType(@Nullable String text) {
        return text != null && text.length() <= MAX_LENGTH && TYPE.matcher(text).matches();
    }

    /** Returns the text if it is a media type, else {@link #OCTETS}. */
    public static String orOctets(@Nullable String text) {
        return text != null && isMediaType(text) ? text : OCTETS;
    }
}
