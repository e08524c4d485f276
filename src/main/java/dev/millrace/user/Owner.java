package dev.millrace.user;

import java.util.List;

import dev.millrace.redis.Keys;

/**
 * Whose records, and of which kind. Everything of a user shares a hash tag with the other users of his partition:
 * {@code mr:{<tenant>:user:<partition>}:}.
 *
 * @param tenant a name
 */
public record Owner(String tenant, RecordKind kind, UserKey user) {

    private static final String FEATURE = "user";

    /** Hash of the records; {@code user/add-4.lua} says what is in it. */
    public String records() {
        return key(tenant, user.partition(), kind.letter() + ':' + user.hash());
    }

    /** Sorted set of the records by the time they end. */
    public String index() {
        return key(tenant, user.partition(), kind.letter() + "i:" + user.hash());
    }

    /** The four keys that most scripts take: records, index, the partition's due owners and its events. */
    public List<String> keys() {
        return List.of(records(), index(), due(tenant, user.partition()), events(tenant, user.partition()));
    }

    /** How the partition's due owners know this one. */
    public String member() {
        return kind.letter() + ':' + user.hash();
    }

    /** The owner that {@link #member} stands for. */
    static Owner ofMember(String tenant, String member) {
        String letter = member.substring(0, 1);
        RecordKind kind = letter.equals(RecordKind.SESSION.letter()) ? RecordKind.SESSION : RecordKind.TOKEN;
        return new Owner(tenant, kind, new UserKey(member.substring(2)));
    }

    static String due(String tenant, int partition) {
        return key(tenant, partition, "due");
    }

    static String events(String tenant, int partition) {
        return key(tenant, partition, "events");
    }

    private static String key(String tenant, int partition, String part) {
        return Keys.key(tenant, FEATURE, Integer.toString(partition), part);
    }
}
