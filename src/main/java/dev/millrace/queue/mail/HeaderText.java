package dev.millrace.queue.mail;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Encodes text for header fields, which are ASCII. The mail client encodes characters one by one, which breaks emoji, and
 * folds lines at bare line feeds, which servers refuse. It leaves encoded text alone.
 */
final class HeaderText {

    /** An encoded word of 45 bytes has at most 75 characters with its delimiters, the maximum of RFC 2047. */
    private static final int BYTES_PER_WORD = 45;

    private HeaderText() {}

    /** Encodes text for a field such as Subject. */
    static String of(String text) {
        return isPlain(text) ? text : encoded(text);
    }

    /** Encodes a name in front of an address. */
    static String phrase(String text) {
        return isPlain(text) ? '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"' : encoded(text);
    }

    private static boolean isPlain(String text) {
        return text.chars().allMatch(c -> c >= 32 && c < 127) && !text.contains("=?");
    }

    private static String encoded(String text) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        int bytes = 0;
        for (int character : text.codePoints().toArray()) {
            String next = Character.toString(character);
            int more = next.getBytes(StandardCharsets.UTF_8).length;
            if (bytes + more > BYTES_PER_WORD) {
                words.add(encodedWord(word.toString()));
                word.setLength(0);
                bytes = 0;
            }
            word.append(next);
            bytes += more;
        }
        words.add(encodedWord(word.toString()));
        return String.join("\r\n ", words);
    }

    private static String encodedWord(String text) {
        return "=?UTF-8?B?" + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)) + "?=";
    }
}
