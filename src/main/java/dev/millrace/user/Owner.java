package dev.millrace.user;

import java.util.List;

import dev.millrace.redis.Keys;

/**
 * The owner and the kind of records. All keys of a user share a hash tag with the other users of the partition:
 * {@code mr:{<tenant>:user:<partition>}:}.
 *
 * @param tenant a name
 */
public record Owner(String tenant, RecordKind kind, UserKey user) {

    /** Returns the key of the hash of records; {@code user/add-4.lua} describes its fields. */
    public String records() {
        return Keys.userRecords(kind == RecordKind.TOKEN, tenant, user.partition(), user.hash());
    }

    /** Returns the key of the sorted set of records by their expiry. */
    public String index() {
        return Keys.userIndex(kind == RecordKind.TOKEN, tenant, user.partition(), user.hash());
    }

    /** Returns the four keys that most scripts take: records, index, the partition's due owners and its events. */
    public List<String> keys() {
        return List.of(records(), index(), due(tenant, user.partition()), events(tenant, user.partition()));
    }

    /** Returns the first three of {@link #keys}, for scripts that emit no events. */
    public List<String> dueKeys() {
        return List.of(records(), index(), due(tenant, user.partition()));
    }

    /** Returns this owner's member in the partition's set of due owners. */
    public String member() {
        return kind.letter() + ':' + user.hash();
    }

    /** Parses the result of {@link #member}. */
    static Owner ofMember(String tenant, String member) {
        String letter = member.substring(0, 1);
        RecordKind kind = letter.equals(RecordKind.SESSION.letter()) ? RecordKind.SESSION : RecordKind.TOKEN;
        return new Owner(tenant, kind, new UserKey(member.substring(2)));
    }

    static String due(String tenant, int partition) {
        return Keys.usersDue(tenant, partition);
    }

    static String events(String tenant, int partition) {
        return Keys.userEvents(tenant, partition);
    }
}
