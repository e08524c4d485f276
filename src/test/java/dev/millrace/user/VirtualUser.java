package dev.millrace.user;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import dev.millrace.redis.VirtualRedis;

/** One user's records of a kind: the real store on the virtual Redis, and what Redis keeps of them. */
public final class VirtualUser {

    public static final String TENANT = "main";
    public static final String NAME = "user one";
    /** More than any history tells. */
    private static final int EVENTS_KEPT = 1000;

    private final VirtualRedis redis;
    private final UserRecords records;
    private final Owner owner;

    public VirtualUser(VirtualRedis redis, RecordKind kind) {
        this.redis = redis;
        this.records = new UserRecords(redis, () -> EVENTS_KEPT * UserKey.PARTITIONS);
        this.owner = new Owner(TENANT, kind, UserKey.of(NAME));
    }

    public UserKey key() {
        return owner.user();
    }

    public UserRecords records() {
        return records;
    }

    /** The state of the new record; null if there was no room. */
    public RecordState add(String id, String digest, String data, String device, String tail, long idle, long absolute,
            int most, boolean evict) {
        return VirtualRedis.await(records.add(owner,
                NewRecord.of(id, digest, NAME).withData(data).withDevice(device).withTail(tail)
                        .withLifetime(idle, absolute),
                most, evict));
    }

    /** The digest is null for any. */
    public boolean remove(String id, String digest, String reason) {
        return removal(id, digest, reason) == RemoveCode.REMOVED;
    }

    public RemoveCode removal(String id, String digest, String reason) {
        return VirtualRedis.await(records.remove(owner, id, digest, reason));
    }

    /** One step of ending all, as a code of {@code user/remove-all-4}; {@code except} is null for none. */
    public long removeAll(String except) {
        return VirtualRedis.await(records.tryRemoveAll(owner, except)).code();
    }

    public long expire(int most) {
        return VirtualRedis.await(records.expire(owner, most));
    }

    /** Removes what has ended of somebody else in the same partition. */
    public long expireOfANeighbour(int most) {
        UserKey neighbour = key();
        for (int i = 0; neighbour.equals(key()) || neighbour.partition() != key().partition(); i++) {
            neighbour = UserKey.of("neighbour " + i);
        }
        return VirtualRedis.await(records.expire(new Owner(TENANT, owner.kind(), neighbour), most));
    }

    /** Whether there may be something to expire. */
    public boolean isDue() {
        return VirtualRedis.await(records.due(TENANT, List.of(key().partition()), 100)).equals(List.of(owner));
    }

    public RecordPage list(int limit, String before, int bytes) {
        return VirtualRedis.await(records.list(owner, limit, before, bytes));
    }

    /** The hash of the records, as Redis keeps it. */
    public Map<Object, Object> hash() {
        List<?> flat = (List<?>) redis.call("HGETALL", owner.records());
        Map<Object, Object> map = new TreeMap<>();
        for (int i = 0; i < flat.size(); i += 2) {
            map.put(flat.get(i), flat.get(i + 1));
        }
        return map;
    }

    /** Replaces a field of the hash. */
    public void set(String field, String value) {
        redis.call("HSET", owner.records(), field, value);
    }

    /** The index, members and scores. */
    public List<?> index() {
        return (List<?>) redis.call("ZRANGE", owner.index(), 0, -1, "WITHSCORES");
    }

    /** When the owner is due, or null. */
    public String dueAt() {
        return (String) redis.call("ZSCORE", Owner.due(TENANT, key().partition()), owner.member());
    }

    /** Whether anything but events is left. */
    public boolean isGone() {
        return redis.call("EXISTS", owner.records(), owner.index(), Owner.due(TENANT, key().partition())).equals(0L);
    }

    /** The fields of all events, in order. */
    public List<List<?>> events() {
        List<List<?>> events = new ArrayList<>();
        for (Object entry : (List<?>) redis.call("XRANGE", Owner.events(TENANT, key().partition()), "-", "+")) {
            events.add((List<?>) ((List<?>) entry).get(1));
        }
        return events;
    }
}
