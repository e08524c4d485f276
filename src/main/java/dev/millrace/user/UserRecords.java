package dev.millrace.user;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

import jakarta.inject.Singleton;

import org.jspecify.annotations.Nullable;

import io.smallrye.mutiny.Uni;
import io.vertx.redis.client.Response;

import dev.millrace.http.Page;
import dev.millrace.redis.ReplyCodes;
import dev.millrace.redis.Script;
import dev.millrace.redis.ScriptRunner;

/**
 * Records of users that expire: sessions and families of refresh tokens. All records of a user are in one hash, so a limit is exact,
 * a page is consistent, and ending all of them deletes one key (docs/adr/0004-one-hash-per-user.md). Each end emits an event in the
 * same step.
 */
@Singleton
public class UserRecords {

    /** ms after a rotation for which Millrace recognizes an earlier token. More than any grace. */
    public static final long ROTATION_REMEMBERED_MS = 3_600_000;

    private static final Pattern MEMBER = Pattern.compile("\\d{13}(?:\\d{3})?[A-Za-z0-9_-]{20}");
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{20}");
    /** A page ends after this many bytes of JSON. */
    private static final int PAGE_BYTES = 1 << 20;
    /** Expired records whose events one step emits before it removes all other records. */
    private static final int ENDED_AT_ONCE = 500;

    private static final ReplyCodes<AddCode> ADDED = ReplyCodes.of(AddCode.class);
    private static final ReplyCodes<RemoveCode> REMOVED = ReplyCodes.of(RemoveCode.class);
    private static final ReplyCodes<RemoveAllCode> REMOVED_ALL = ReplyCodes.of(RemoveAllCode.class);

    private final ScriptRunner scripts;
    private final String kept;
    private final Script add;
    private final Script list;
    private final Script remove;
    private final Script removeAll;
    private final Script expire;
    private final Script due;

    UserRecords(ScriptRunner scripts, EventConfig config) {
        this.scripts = scripts;
        this.kept = Integer.toString(Math.max(1, config.kept() / UserKey.PARTITIONS));
        this.add = scripts.get("user/add-4");
        this.list = scripts.get("user/list-2");
        this.remove = scripts.get("user/remove-4");
        this.removeAll = scripts.get("user/remove-all-4");
        this.expire = scripts.get("user/expire-4");
        this.due = scripts.get("user/due-N");
    }

    /** Returns the approximate number of events that the stream of a partition retains, for scripts that write to it. */
    public String eventsKept() {
        return kept;
    }

    /**
     * Adds a record.
     *
     * @param most maximum number of records of the user
     * @param evict whether to evict the oldest if the limit is reached
     * @return the state of the new record; null if the limit is reached
     */
    public Uni<RecordState> add(Owner owner, NewRecord a, long most, boolean evict) {
        return scripts.run(add, owner.keys(), List.of(a.id(), a.digest(), a.user(), a.data(), a.device(), a.tail(),
                Long.toString(a.idleMs()), Long.toString(a.absoluteMs()), Long.toString(most), evict ? "1" : "0",
                owner.kind().word(), owner.member(), kept))
                .map(reply -> switch (ADDED.read(reply.get(0))) {
                    case ADDED -> RecordState.parse(reply.get(1).toString());
                    case LIMIT_REACHED -> null;
                });
    }

    /**
     * Returns one page of the records that have not ended.
     *
     * @param limit maximum number of records; a page has fewer if they are large
     * @param before {@code next} of the previous page, or null
     */
    public Uni<RecordPage> list(Owner owner, int limit, @Nullable String before) {
        if (before != null && !MEMBER.matcher(before).matches()) {
            throw Page.invalidCursor();
        }
        return list(owner, limit, before, PAGE_BYTES);
    }

    /** As above; a page ends after so many bytes of JSON. */
    Uni<RecordPage> list(Owner owner, int limit, @Nullable String before, int bytes) {
        return scripts.run(list, List.of(owner.records(), owner.index()),
                List.of(Integer.toString(limit), before == null ? "" : before, Integer.toString(bytes)))
                .map(UserRecords::listing);
    }

    private static RecordPage listing(Response reply) {
        String user = reply.get(0).toString();
        String next = reply.get(1).toString();
        List<StoredRecord> records = new ArrayList<>();
        for (int i = 2; i < reply.size(); i += 4) {
            records.add(new StoredRecord(reply.get(i).toString(), user, RecordState.parse(reply.get(i + 1).toString()),
                    reply.get(i + 2).toString(), reply.get(i + 3).toString()));
        }
        return new RecordPage(records, next.isEmpty() ? null : next);
    }

    /**
     * Ends a record.
     *
     * @param digest that the record must have, or had until a rotation whose grace lasts; null for any
     * @param reason of the event
     */
    public Uni<RemoveCode> remove(Owner owner, String id, @Nullable String digest, String reason) {
        if (!isId(id)) {
            return Uni.createFrom().item(RemoveCode.NONE);
        }
        return scripts.run(remove, owner.keys(), List.of(id, digest == null ? "" : digest, owner.kind().word(), reason,
                owner.member(), kept, Long.toString(ROTATION_REMEMBERED_MS)))
                .map(REMOVED::read);
    }

    /**
     * Ends all records, with the same work for any number of records.
     *
     * @param except id of the record to keep, or null
     */
    public Uni<RemoveAllResult> removeAll(Owner owner, @Nullable String except) {
        if (except != null && !isId(except)) {
            return Uni.createFrom().item(RemoveAllResult.UNKNOWN_EXCEPTION);
        }
        return tryRemoveAll(owner, except)
                .flatMap(removed -> switch (removed) {
                    case EXPIRE_FIRST -> expire(owner, ENDED_AT_ONCE).flatMap(ended -> removeAll(owner, except));
                    case UNKNOWN_EXCEPTION -> Uni.createFrom().item(RemoveAllResult.UNKNOWN_EXCEPTION);
                    case REMOVED, NONE -> Uni.createFrom().item(RemoveAllResult.DONE);
                });
    }

    /** Does one step of {@link #removeAll}. Changes nothing if the events of expired records must be emitted first. */
    Uni<RemoveAllCode> tryRemoveAll(Owner owner, @Nullable String except) {
        return scripts.run(removeAll, owner.keys(),
                List.of(except == null ? "" : except, owner.kind().word(), owner.member(), kept))
                .map(REMOVED_ALL::read);
    }

    /** Ids are 120 bits in base64url. No other text from a path may name a field of the hash. */
    private static boolean isId(String id) {
        return ID.matcher(id).matches();
    }

    /**
     * Reads the users who may have an expired record.
     *
     * @param partitions on a cluster, one
     * @param most owners of each partition
     */
    Uni<List<Owner>> due(String tenant, List<Integer> partitions, int most) {
        return scripts.run(due, partitions.stream().map(p -> Owner.due(tenant, p)).toList(),
                List.of(Integer.toString(most))).map(reply -> {
                    List<Owner> owners = new ArrayList<>(reply.size());
                    reply.forEach(member -> owners.add(Owner.ofMember(tenant, member.toString())));
                    return owners;
                });
    }

    /** Removes up to {@code most} expired records and returns how many. */
    Uni<Integer> expire(Owner owner, int most) {
        return scripts.run(expire, owner.keys(),
                List.of(owner.kind().word(), owner.member(), Integer.toString(most), kept))
                .map(Response::toInteger);
    }
}
