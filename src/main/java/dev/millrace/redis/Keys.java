package dev.millrace.redis;

import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import dev.millrace.encoding.PercentEncoding;

/**
 * The names of all keys: {@code mr:{<tenant>:<feature>:<entity>}:<part>}. Everything of one entity shares the hash tag
 * between the braces, hence one slot of a cluster, so that one script may touch it. {@link KeyKind} is the list of them.
 */
public final class Keys {

    /** Longest free identifier, in bytes of UTF-8. */
    public static final int MAX_IDENTIFIER_BYTES = 512;

    /** The prefix of all keys and channels of the service. */
    public static final String PREFIX = "mr:";

    private static final Pattern NAME = Pattern.compile("(?!\\.{1,2}$)[A-Za-z0-9._-]{1,64}");

    private Keys() {}

    /**
     * The state of a limit.
     *
     * @param kind by the algorithm
     * @param scope the policy, as keys call it
     */
    public static String limit(KeyKind kind, String tenant, String scope, String identifier, long windowMs) {
        return kind == KeyKind.LIMIT_LEASES
                ? kind.key(tenant, scope, encode(identifier))
                : kind.key(tenant, scope, encode(identifier), windowMs);
    }

    /** The mark of a denial that blocks an identifier under a policy. */
    public static String limitPenalty(String tenant, String scope, String identifier) {
        return KeyKind.LIMIT_PENALTY.key(tenant, scope, encode(identifier));
    }

    /**
     * The definitions of a kind.
     *
     * @param feature short name of the feature, as its other keys have it
     * @param kind begins with {@code ~}, as no name does
     */
    public static String definitions(String tenant, String feature, String kind) {
        return KeyKind.DEFINITIONS.key(tenant, feature, kind);
    }

    /** What changes with each change of the definitions of a kind. */
    public static String definitionsVersion(String tenant, String feature, String kind) {
        return KeyKind.DEFINITIONS_VERSION.key(tenant, feature, kind);
    }

    /**
     * The records of a user: sessions, or families of refresh tokens.
     *
     * @param user the digest of the user's id
     */
    public static String userRecords(boolean tokens, String tenant, int partition, String user) {
        return (tokens ? KeyKind.USER_TOKENS : KeyKind.USER_SESSIONS).key(tenant, partition, user);
    }

    /** The index of a user's records by the time they end. */
    public static String userIndex(boolean tokens, String tenant, int partition, String user) {
        return (tokens ? KeyKind.USER_TOKEN_INDEX : KeyKind.USER_SESSION_INDEX).key(tenant, partition, user);
    }

    /** The users of a partition by the time their first record may end. */
    public static String usersDue(String tenant, int partition) {
        return KeyKind.USERS_DUE.key(tenant, partition);
    }

    /** The events of a partition's users. */
    public static String userEvents(String tenant, int partition) {
        return KeyKind.USER_EVENTS.key(tenant, partition);
    }

    /** Set by the replica that sweeps up next what has ended. */
    public static String sweepTurn(String tenant) {
        return KeyKind.SWEEP_TURN.key(tenant);
    }

    /**
     * The keys of an entry of the cache: the entry, the lease to compute it, the purges that its partition remembers, the keys of its
     * region there, and the leases to compute its variants.
     *
     * @param partitions number of partitions
     */
    public static List<String> cacheEntry(String tenant, int partitions, String region, String key) {
        String encoded = encode(key);
        int partition = Math.floorMod((region + '/' + encoded).hashCode(), partitions);
        return List.of(KeyKind.CACHE_ENTRY.key(tenant, partition, region, encoded),
                KeyKind.CACHE_LEASE.key(tenant, partition, region, encoded), cacheVersions(tenant, partition),
                cacheIndex(tenant, partition, region),
                KeyKind.CACHE_VARIANT_LEASES.key(tenant, partition, region, encoded));
    }

    /** The keys of a region in a partition of the cache, if the region lists them. */
    public static String cacheIndex(String tenant, int partition, String region) {
        return KeyKind.CACHE_INDEX.key(tenant, partition, region);
    }

    /** The purges that a partition of the cache remembers. */
    public static String cacheVersions(String tenant, int partition) {
        return KeyKind.CACHE_VERSIONS.key(tenant, partition);
    }

    /** The key of a queue that its scripts take; they derive the names of its other keys from it. */
    public static String queueMeta(String tenant, String queue) {
        return KeyKind.QUEUE_META.key(tenant, queue);
    }

    /** The names of a tenant's queues. */
    public static String queueIndex(String tenant) {
        return KeyKind.QUEUE_INDEX.key(tenant);
    }

    /** The channel, not a key, that says when a queue has jobs for those who wait. */
    public static String queueWakeChannel(String tenant, String queue) {
        return "mr:{" + tenant + ":q:" + queue + "}:wake";
    }

    /** What Redis calls a script that a client has loaded over HTTP. */
    public static String kvScript(String sha1) {
        return KeyKind.KV_SCRIPT.key(sha1);
    }

    /** Whose key it is, as far as it is one of the service's own; else null. */
    public static @Nullable String tenantOf(String key) {
        int end = key.startsWith("mr:{") ? key.indexOf(':', 4) : -1;
        return end < 0 ? null : key.substring(4, end);
    }

    /** Whether {@code s} may name a policy, queue, region or tenant: {@code [A-Za-z0-9._-]{1,64}}, and neither {@code .} nor {@code ..}. */
    public static boolean isName(String s) {
        return s != null && NAME.matcher(s).matches();
    }

    /** Why {@code s} cannot be a free identifier, or null if it can. */
    public static @Nullable String identifierProblem(@Nullable String s) {
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
     * As {@link #identifierProblem}, for an identifier that is also a segment of a path. {@code .} and {@code ..} are steps in a path, so
     * what a body stored under them could not be read, listed or deleted by its path.
     */
    public static @Nullable String pathIdentifierProblem(@Nullable String s) {
        return ".".equals(s) || "..".equals(s)
                ? "must not be . or .., which are steps in a path"
                : identifierProblem(s);
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
