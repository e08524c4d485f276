package dev.millrace.redis;

import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

import dev.millrace.encoding.PercentEncoding;

/**
 * The names of all keys: {@code mr:{<tenant>:<feature>:<entity>}:<part>}. Everything of one entity shares the hash tag
 * between the braces, hence one slot of a cluster, so that one script may touch it.
 */
public final class Keys {

    /** Longest free identifier, in bytes of UTF-8. */
    public static final int MAX_IDENTIFIER_BYTES = 512;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    private Keys() {}

    /**
     * The key of one part of an entity.
     *
     * @param tenant a {@link #isName name}
     * @param feature short name of the feature, such as {@code rl}
     * @param entity built of names and {@link #encode encoded} identifiers
     * @param part what of the entity it is
     */
    public static String key(String tenant, String feature, String entity, String part) {
        return "mr:{" + tenant + ':' + feature + ':' + entity + "}:" + part;
    }

    /** Whose key it is, as far as it is one of the service's own; else null. */
    public static String tenantOf(String key) {
        int end = key.startsWith("mr:{") ? key.indexOf(':', 4) : -1;
        return end < 0 ? null : key.substring(4, end);
    }

    /** Whether {@code s} may name a policy, queue, region or tenant: {@code [A-Za-z0-9._-]{1,64}}. */
    public static boolean isName(String s) {
        return s != null && NAME.matcher(s).matches();
    }

    /** Why {@code s} cannot be a free identifier, or null if it can. */
    public static String identifierProblem(String s) {
        if (s == null || s.isEmpty()) {
            return "must not be empty";
        }
        if (s.length() > MAX_IDENTIFIER_BYTES) {
            return "must be at most " + MAX_IDENTIFIER_BYTES + " bytes of UTF-8";
        }
        boolean ascii = true;
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            if (c == 0) {
                return "must not contain NUL";
            }
            ascii &= c < 0x80;
        }
        if (ascii) {
            return null;
        }
        try {
            int bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(s)).remaining();
            return bytes <= MAX_IDENTIFIER_BYTES ? null : "must be at most " + MAX_IDENTIFIER_BYTES + " bytes of UTF-8";
        } catch (CharacterCodingException e) {
            return "must be well-formed Unicode";
        }
    }

    /**
     * Escapes, in the manner of URLs, the characters that could change a key's shape or slot ({@code { } : % /} and
     * control characters). Distinct identifiers stay distinct.
     */
    public static String encode(String identifier) {
        return PercentEncoding.encode(identifier, Keys::isPlain);
    }

    private static boolean isPlain(int c) {
        return c > ' ' && c != '{' && c != '}' && c != ':' && c != '%' && c != '/' && c != 0x7f;
    }
}
