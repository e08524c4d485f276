package dev.millrace.cache;

import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

/**
 * Finds keys that a server might read as steps in a path: some decode {@code %2F} before they resolve {@code ..}, some decode twice, take
 * {@code \} for {@code /}, drop what follows a {@code ;} in a segment, drop blanks and control characters, or read overlong UTF-8.
 */
final class DotSegments {

    /** More layers of percent-encoding are refused: no honest key has them. */
    private static final int MAX_LAYERS = 8;

    private DotSegments() {}

    /**
     * Whether a segment {@code .} or {@code ..} may arise from a key.
     *
     * @param before what stands before the key in its segment; null if the key is not in the path
     * @param after what follows the key in its segment
     */
    static boolean mayArise(@Nullable String before, String key, @Nullable String after) {
        if (before == null || after == null) {
            return false;
        }
        // Bytes as characters, because what a server decodes are bytes.
        String text = new String((before + key + after).getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        for (int layer = 0; layer < MAX_LAYERS; layer++) {
            if (hasDots(text)) {
                return true;
            }
            String decoded = decoded(text);
            if (decoded.equals(text)) {
                return false;
            }
            text = decoded;
        }
        return true;
    }

    private static boolean hasDots(String text) {
        for (String segment : overlong(text).split("[/\\\\]", -1)) {
            String path = segment.replaceFirst("(?s);.*", "").replaceAll("[\\x00-\\x20\\x7f]", "");
            if (path.equals(".") || path.equals("..")) {
                return true;
            }
        }
        return false;
    }

    /** A dot and a slash in two bytes, which no valid UTF-8 has. */
    private static String overlong(String text) {
        return text.replace("\u00c0\u00ae", ".").replace("\u00c0\u00af", "/").replace("\u00c1\u009c", "\\");
    }

    private static String decoded(String text) {
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            int high = text.charAt(i) == '%' && i + 2 < text.length() ? Character.digit(text.charAt(i + 1), 16) : -1;
            int low = high < 0 ? -1 : Character.digit(text.charAt(i + 2), 16);
            if (low < 0) {
                out.append(text.charAt(i));
            } else {
                out.append((char) (high << 4 | low));
                i += 2;
            }
        }
        return out.toString();
    }
}
