package dev.millrace.user;

import java.util.Base64;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import dev.millrace.encoding.Digests;

/**
 * A user in keys and tokens: a digest of the user id, which also selects the partition of the user's data. So a token leads to the
 * user's keys without revealing the user id.
 *
 * @param hash the first 120 bits of the SHA-256 of the user's id, in 20 characters of base64url
 */
public record UserKey(String hash) {

    /**
     * Number of partitions of the users, each with its own slot in a cluster. It can never change, because existing sessions would no
     * longer be found.
     */
    public static final int PARTITIONS = 128;

    /** Length of {@link #hash} in characters. */
    public static final int LENGTH = 20;

    private static final int BYTES = 15;
    private static final Pattern HASH = Pattern.compile("[A-Za-z0-9_-]{20}");

    /** Returns the key of a user. */
    public static UserKey of(String userId) {
        return new UserKey(Digests.base64url(Digests.sha256(userId), BYTES));
    }

    /** Parses a {@link #hash} from outside; null if it is malformed. */
    public static @Nullable UserKey parse(String hash) {
        return HASH.matcher(hash).matches() ? new UserKey(hash) : null;
    }

    /** 0 to {@link #PARTITIONS} - 1: the first 7 bits of the digest. */
    public int partition() {
        return Byte.toUnsignedInt(Base64.getUrlDecoder().decode(hash.substring(0, 4))[0]) % PARTITIONS;
    }
}
