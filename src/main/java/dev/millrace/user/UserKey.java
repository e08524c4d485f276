package dev.millrace.user;

import java.util.Base64;
import java.util.regex.Pattern;

import dev.millrace.encoding.Digests;

/**
 * A user, as keys and tokens know him: by a digest of his id, which also says in which partition everything of his lives. So
 * a token leads to its user's keys without telling who he is.
 *
 * @param hash the first 120 bits of the SHA-256 of the user's id, in 20 characters of base64url
 */
public record UserKey(String hash) {

    /**
     * Into how many parts the users are divided, each with a slot of its own in a cluster. Fixed for ever: another number,
     * and nobody's sessions would be found again.
     */
    public static final int PARTITIONS = 128;

    /** Length of {@link #hash} in characters. */
    public static final int LENGTH = 20;

    private static final int BYTES = 15;
    private static final Pattern HASH = Pattern.compile("[A-Za-z0-9_-]{20}");

    /** The key of a user. */
    public static UserKey of(String userId) {
        return new UserKey(Digests.base64url(Digests.sha256(userId), BYTES));
    }

    /** Reads a {@link #hash} that came from outside; null if it cannot be one. */
    public static UserKey parse(String hash) {
        return HASH.matcher(hash).matches() ? new UserKey(hash) : null;
    }

    /** 0 to {@link #PARTITIONS} - 1: the first 7 bits of the digest. */
    public int partition() {
        return Byte.toUnsignedInt(Base64.getUrlDecoder().decode(hash.substring(0, 4))[0]) % PARTITIONS;
    }
}
