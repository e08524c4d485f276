package dev.millrace.encoding;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.function.IntPredicate;

/** Percent-encoding of UTF-8 (RFC 3986, section 2.1). */
public final class PercentEncoding {

    private static final char[] HEX = "0123456789ABCDEF".toCharArray();

    private PercentEncoding() {}

    /**
     * Encodes all characters but the plain ones.
     *
     * @param plain whether a character stays as it is; must be false for {@code %}
     */
    public static String encode(String text, IntPredicate plain) {
        for (int i = 0; i < text.length(); i++) {
            if (!plain.test(text.charAt(i))) {
                return encode(text, i, plain);
            }
        }
        return text;
    }

    private static String encode(String text, int from, IntPredicate plain) {
        StringBuilder out = new StringBuilder(text.length() + 16).append(text, 0, from);
        for (int i = from; i < text.length();) {
            int c = text.codePointAt(i);
            if (plain.test(c)) {
                out.appendCodePoint(c);
            } else {
                for (byte b : Character.toString(c).getBytes(StandardCharsets.UTF_8)) {
                    out.append('%').append(HEX[b >> 4 & 15]).append(HEX[b & 15]);
                }
            }
            i += Character.charCount(c);
        }
        return out.toString();
    }

    /** Whether a character never needs encoding in a URL: letters, digits and {@code - . _ ~}. */
    public static boolean isUnreserved(int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '.' || c == '_'
                || c == '~';
    }

    /**
     * Decodes a text. A plus sign stays one.
     *
     * @throws IllegalArgumentException if a {@code %} does not begin an escape
     */
    public static String decode(String text) {
        return text.indexOf('%') < 0 ? text : URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
