package dev.millrace.token;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;

import org.jspecify.annotations.Nullable;

import dev.millrace.encoding.Digests;
import dev.millrace.user.UserKey;

/**
 * A refresh token: {@code r1.<key id>.<user>.<selector, secret, signature>}.
 *
 * <p>The selector, 120 random bits, is the same in all tokens of a family; its digest is the family's public id. The secret,
 * 256 bits, differs in each token: the first is random, that of a successor is the HMAC of a random salt under the previous secret.
 * So the same token can return the same successor again, although Redis holds only digests and the salt. The signature
 * distinguishes an issued token from an invented or mistyped one without a call to Redis.
 *
 * <p>Not a record, so that no log prints it by accident.
 */
final class RefreshToken {

    private static final String PREFIX = "r1.";
    private static final int SELECTOR_BYTES = 15;
    private static final int SECRET_BYTES = 32;
    private static final int SIGNATURE_BYTES = 16;
    private static final int BYTES = SELECTOR_BYTES + SECRET_BYTES + SIGNATURE_BYTES;
    private static final int FAMILY_BYTES = 15;
    private static final int MAX_LENGTH = 160;

    private final UserKey user;
    private final byte[] selector;
    private final byte[] secret;

    private RefreshToken(UserKey user, byte[] selector, byte[] secret) {
        this.user = user;
        this.selector = selector;
        this.secret = secret;
    }

    /** Creates the first token of a new family. */
    static RefreshToken random(UserKey user, SecureRandom random) {
        byte[] selector = new byte[SELECTOR_BYTES];
        byte[] secret = new byte[SECRET_BYTES];
        random.nextBytes(selector);
        random.nextBytes(secret);
        return new RefreshToken(user, selector, secret);
    }

    /** Parses a presented token; null if it is not a refresh token or its signature is invalid. */
    static @Nullable RefreshToken parse(String text, TokenKeys keys) {
        if (text == null || text.length() > MAX_LENGTH || !text.startsWith(PREFIX)) {
            return null;
        }
        String[] parts = text.split("\\.", -1);
        UserKey user = parts.length == 4 ? UserKey.parse(parts[2]) : null;
        if (user == null) {
            return null;
        }
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(parts[3]);
        } catch (IllegalArgumentException e) {
            return null;
        }
        // 63 bytes are 84 characters, and each is significant: no two texts encode the same bytes.
        if (bytes.length != BYTES || parts[3].length() != BYTES / 3 * 4) {
            return null;
        }
        RefreshToken token = new RefreshToken(user, Arrays.copyOf(bytes, SELECTOR_BYTES),
                Arrays.copyOfRange(bytes, SELECTOR_BYTES, SELECTOR_BYTES + SECRET_BYTES));
        byte[] signature = token.signature(parts[1], keys);
        return signature != null
                && MessageDigest.isEqual(signature, Arrays.copyOfRange(bytes, BYTES - SIGNATURE_BYTES, BYTES))
                        ? token
                        : null;
    }

    /** Returns the next token of the family, always the same for the same salt. */
    RefreshToken successor(byte[] salt) {
        return new RefreshToken(user, selector, Digests.hmacSha256(secret, salt));
    }

    UserKey user() {
        return user;
    }

    /** Returns the family's public id. */
    String family() {
        return Digests.base64url(Digests.sha256(selector), FAMILY_BYTES);
    }

    /** Returns the digest that Redis holds. */
    String digest() {
        return Digests.base64url(Digests.sha256(secret), 32);
    }

    /** Returns the token as clients send it, signed with the current key. */
    String text(TokenKeys keys) {
        byte[] bytes = Arrays.copyOf(selector, BYTES);
        System.arraycopy(secret, 0, bytes, SELECTOR_BYTES, SECRET_BYTES);
        System.arraycopy(signature(keys.current(), keys), 0, bytes, BYTES - SIGNATURE_BYTES, SIGNATURE_BYTES);
        return start(keys.current()) + Base64.getUrlEncoder().encodeToString(bytes);
    }

    private byte @Nullable [] signature(String keyId, TokenKeys keys) {
        byte[] whole = keys.sign(keyId, start(keyId).getBytes(StandardCharsets.US_ASCII), selector, secret);
        return whole == null ? null : Arrays.copyOf(whole, SIGNATURE_BYTES);
    }

    private String start(String keyId) {
        return PREFIX + keyId + '.' + user.hash() + '.';
    }
}
