package dev.millrace.queue.model;

import java.util.Arrays;
import java.util.Base64;

/** A key to sign messages with, written as {@code whsec_} and base64 of 24 to 64 bytes. {@code toString} does not show it. */
public final class WebhookSecret {

    static final String PROBLEM = "must be whsec_ followed by 24 to 64 bytes in base64; several are separated by a space";
    private static final String PREFIX = "whsec_";
    private static final int MIN_BYTES = 24;
    private static final int MAX_BYTES = 64;

    private final byte[] key;

    private WebhookSecret(byte[] key) {
        this.key = key;
    }

    /**
     * Parses a secret.
     *
     * @throws IllegalArgumentException if it is not valid; the message does not show it
     */
    public static WebhookSecret parse(String text) {
        byte[] key = text.startsWith(PREFIX) ? decode(text.substring(PREFIX.length())) : new byte[0];
        if (key.length < MIN_BYTES || key.length > MAX_BYTES) {
            throw new IllegalArgumentException(PROBLEM);
        }
        return new WebhookSecret(key);
    }

    /** Accepts only what every receiver's library decodes alike: padded base64 without unused bits. */
    private static byte[] decode(String base64) {
        try {
            byte[] key = Base64.getDecoder().decode(base64);
            return Base64.getEncoder().encodeToString(key).equals(base64) ? key : new byte[0];
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }

    /** The bytes of the key. */
    public byte[] key() {
        return key;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof WebhookSecret secret && Arrays.equals(key, secret.key);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(key);
    }

    @Override
    public String toString() {
        return "WebhookSecret";
    }
}
