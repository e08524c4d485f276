package dev.millrace.cache.freshness;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The directives of {@code Cache-Control} (RFC 9111, section 5.2; RFC 5861), in requests and in responses. All lines of the field are one
 * list. Names may have any case; an argument may be quoted, and a comma in quotes separates nothing. Blanks beside the equals sign are allowed. Unknown directives are kept and have
 * no effect.
 */
public final class CacheControl {

    /** The directive is absent. */
    public static final long ABSENT = -1;
    /** The directive is there, but without a number of seconds. */
    public static final long INVALID = -2;
    /** Larger numbers of seconds count as this one (RFC 9111, section 1.2.2). */
    public static final long MAX_SECONDS = 1L << 31;

    /** No directives. */
    public static final CacheControl NONE = new CacheControl(Map.of(), false);

    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
    /** Wider than a token: only what may hide another directive counts as malformed. */
    private static final Pattern ARGUMENT = Pattern.compile("[^\\s;\"]*");
    /** Of an argument that is none: no number, and no name of a field. */
    private static final String UNREADABLE = "\0";

    private final Map<String, List<String>> values;
    private final boolean malformed;

    CacheControl(Map<String, List<String>> values, boolean malformed) {
        this.values = values;
        this.malformed = malformed;
    }

    /** Parses the lines of the field; never fails. */
    public static CacheControl parse(List<String> lines) {
        if (lines.isEmpty()) {
            return NONE;
        }
        Map<String, List<String>> values = new HashMap<>();
        boolean malformed = false;
        for (String line : lines) {
            malformed |= !new Line(line, values).read();
        }
        return new CacheControl(values, malformed);
    }

    /** Whether a part of the field is not a directive, so that its meaning is unknown. */
    public boolean isMalformed() {
        return malformed;
    }

    /** Whether a directive is there, with or without an argument; the name is in lower case. */
    public boolean has(String name) {
        return values.containsKey(name);
    }

    /**
     * Returns the seconds of a directive, at most {@link #MAX_SECONDS}.
     *
     * @return {@link #ABSENT}, {@link #INVALID} if one of its arguments is no number, or the smallest if there are several
     */
    public long seconds(String name) {
        List<String> arguments = values.get(name);
        if (arguments == null) {
            return ABSENT;
        }
        long least = Long.MAX_VALUE;
        for (String argument : arguments) {
            long seconds = seconds(argument, INVALID);
            if (seconds == INVALID) {
                return INVALID;
            }
            least = Math.min(least, seconds);
        }
        return least;
    }

    /** Returns digits as seconds, at most {@link #MAX_SECONDS}; {@code otherwise} if there is anything but digits. */
    static long seconds(String text, long otherwise) {
        if (text.isEmpty() || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return otherwise;
        }
        String digits = text.replaceFirst("^0+(?=.)", "");
        return digits.length() > 10 ? MAX_SECONDS : Math.min(Long.parseLong(digits), MAX_SECONDS);
    }

    /** Reads one line into the directives. A quoted string ends with its line at the latest, so that the next one counts. */
    private static final class Line {

        private final String text;
        private final Map<String, List<String>> values;
        private int at;

        Line(String text, Map<String, List<String>> values) {
            this.text = text;
            this.values = values;
        }

        /** Whether all of it was directives. */
        boolean read() {
            boolean sound = true;
            while (at < text.length()) {
                sound &= directive();
                at++; // the comma
            }
            return sound;
        }

        private boolean directive() {
            int from = at;
            while (at < text.length() && text.charAt(at) != ',' && text.charAt(at) != '=') {
                at++;
            }
            String name = text.substring(from, at);
            if (at == text.length() || text.charAt(at) == ',') {
                return name.isBlank() || add(name.strip(), "");
            }
            at++; // the equals sign
            while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
                at++;
            }
            String argument = at < text.length() && text.charAt(at) == '"' ? quoted() : token();
            return add(name.strip(), argument) && !argument.equals(UNREADABLE);
        }

        private String token() {
            int from = at;
            while (at < text.length() && text.charAt(at) != ',') {
                at++;
            }
            String argument = text.substring(from, at).stripTrailing();
            return ARGUMENT.matcher(argument).matches() ? argument : UNREADABLE;
        }

        private String quoted() {
            StringBuilder argument = new StringBuilder();
            for (at++; at < text.length() && text.charAt(at) != '"'; at++) {
                if (text.charAt(at) == '\\' && at + 1 < text.length()) {
                    at++;
                }
                argument.append(text.charAt(at));
            }
            boolean closed = at < text.length();
            int end = closed ? at + 1 : at;
            at = end;
            while (at < text.length() && text.charAt(at) != ',') {
                at++;
            }
            return closed && text.substring(end, at).isBlank() ? argument.toString() : UNREADABLE;
        }

        private boolean add(String name, String argument) {
            values.computeIfAbsent(name.toLowerCase(Locale.ROOT), n -> new ArrayList<>(1)).add(argument);
            return TOKEN.matcher(name).matches();
        }
    }
}
