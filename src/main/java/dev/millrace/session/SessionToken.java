package dev.millrace.session;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;

import org.jspecify.annotations.Nullable;

import dev.millrace.encoding.Digests;
import dev.millrace.user.UserKey;

/**
 * The token of a session: {@code s1.<user>.<selector and secret>}.
 *
 * <p>The first part selects the keys of the user ({@link UserKey}) and is the only part that is not secret. The rest is 48 random
 * bytes: a selector of 120 bits, which stays the same while the session lives and whose digest is the session's public {@code id};
 * and a secret of 264 bits, which changes with each rotation. The first secret is random, that of a successor is derived from the
 * token before and a random salt, so that the same token can return the same successor again. Redis holds the id, a digest of all 48
 * bytes, and the salt while the grace of the rotation lasts.
 *
 * <p>Not a record, so that no log prints it by accident.
 */
final class SessionToken {

    private static final String PREFIX = "s1.";
    private static final int SELECTOR_BYTES = 15;
    private static final int BYTES = 48;
    private static final int ID_BYTES = 15;
    private static final int HMAC_BYTES = 32;
    private static final byte[] LAST_BYTE = {1};
    private static final int SECRET_AT = PREFIX.length() + UserKey.LENGTH + 1;
    /** Length of 48 bytes in base64url. Every character is significant, so no two tokens encode the same bytes. */
    private static final int LENGTH = SECRET_AT + BYTES / 3 * 4;

    private final UserKey user;
    private final byte[] bytes;

    private SessionToken(UserKey user, byte[] bytes) {
        this.user = user;
        this.bytes = bytes;
    }

    /** Creates a token for a new session. */
    static SessionToken random(UserKey user, SecureRandom random) {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return new SessionToken(user, bytes);
    }

    /** Parses a presented token; null if it is not a session token. */
    static @Nullable SessionToken parse(String text) {
        if (text == null || text.length() != LENGTH || !text.startsWith(PREFIX) || text.charAt(SECRET_AT - 1) != '.') {
            return null;
        }
        UserKey user = UserKey.parse(text.substring(PREFIX.length(), SECRET_AT - 1));
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(text.substring(SECRET_AT));
            return user == null || bytes.length != BYTES ? null : new SessionToken(user, bytes);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** Returns the next token of the same session, always the same for the same salt. */
    SessionToken successor(byte[] salt) {
        byte[] successor = Arrays.copyOf(bytes, BYTES);
        System.arraycopy(Digests.hmacSha256(bytes, salt), 0, successor, SELECTOR_BYTES, HMAC_BYTES);
        // One HMAC is a byte shorter than the secret. The other is another function of the same salt.
        successor[BYTES - 1] = Digests.hmacSha256(bytes, salt, LAST_BYTE)[0];
        return new SessionToken(user, successor);
    }

    UserKey user() {
        return user;
    }

    /** Returns the session's public id. */
    String id() {
        return Digests.base64url(Digests.sha256(Arrays.copyOf(bytes, SELECTOR_BYTES)), ID_BYTES);
    }

    /** Returns the digest that Redis holds. */
    String digest() {
        return Digests.base64url(Digests.sha256(bytes), 32);
    }

    /** Returns the token as clients send it. */
    String text() {
        return PREFIX + user.hash() + '.' + Base64.getUrlEncoder().encodeToString(bytes);
    }
}
