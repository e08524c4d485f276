package dev.millrace.encoding;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Digests and message authentication codes, and how they are written as text. */
public final class Digests {

    private static final String HMAC_SHA256 = "HmacSHA256";

    private Digests() {}

    /** Returns the SHA-256 digest of a text in UTF-8, 32 bytes. */
    public static byte[] sha256(String text) {
        return sha256(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Returns the SHA-256 digest of some bytes, 32 bytes. */
    public static byte[] sha256(byte[] bytes) {
        return digest("SHA-256", bytes);
    }

    /** Returns the first {@code bytes} bytes, 1 to 32, of a text's SHA-256 digest as hexadecimal digits. */
    public static String sha256Hex(String text, int bytes) {
        return HexFormat.of().formatHex(sha256(text), 0, bytes);
    }

    /** Returns the SHA-1 digest as 40 hexadecimal digits, which is how Redis names scripts. */
    public static String sha1Hex(byte[] bytes) {
        return HexFormat.of().formatHex(digest("SHA-1", bytes));
    }

    /** Returns the HMAC-SHA256 (RFC 2104) of the parts, one after the other, 32 bytes. The key must not be empty. */
    public static byte[] hmacSha256(byte[] key, byte[]... parts) {
        try {
            Mac mac = Mac.getInstance(HMAC_SHA256);
            mac.init(new SecretKeySpec(key, HMAC_SHA256));
            for (byte[] part : parts) {
                mac.update(part);
            }
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns the first {@code bytes} bytes of a digest in base64url without padding. */
    public static String base64url(byte[] digest, int bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(digest, bytes));
    }

    /** Returns a SHA-256 digest of bytes that come in pieces. */
    public static MessageDigest newSha256() {
        return newDigest("SHA-256");
    }

    private static byte[] digest(String algorithm, byte[] bytes) {
        return newDigest(algorithm).digest(bytes);
    }

    private static MessageDigest newDigest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
