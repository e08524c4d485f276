package dev.millrace.user;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

import jakarta.inject.Singleton;

import io.smallrye.mutiny.Uni;
import io.vertx.redis.client.Response;

import dev.millrace.http.Page;
import dev.millrace.redis.ReplyCode;
import dev.millrace.redis.ReplyCodes;
import dev.millrace.redis.Script;
import dev.millrace.redis.ScriptRunner;

/**
 * What users have several of, each with an end: sessions, families of refresh tokens. All of one user's are in one hash, so
 * that a limit holds, a page is of one moment, and ending all of them is dropping one key
 * (docs/adr/0004-one-hash-per-user.md). What ends is told as an event in the same step.
 */
@Singleton
public class UserRecords {

    private static final Pattern MEMBER = Pattern.compile("\\d{13}[A-Za-z0-9_-]{20}");
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{20}");
    /** A page ends after this many bytes of JSON. */
    private static final int PAGE_BYTES = 1 << 20;
    /** Records that have ended by time and are told of before all others are dropped, in one step. */
    private static final int ENDED_AT_ONCE = 500;

    /**
     * A record to add.
     *
     * @param digest of its secret
     * @param data JSON
     * @param device JSON, or empty
     * @param tail see {@link RecordState}
     * @param idleMs without use after which it ends
     * @param absoluteMs after which it ends in any case
     */
    public record Addition(String id, String digest, String user, String data, String device, String tail, long idleMs,
            long absoluteMs) {}

    /** A record as it is kept; {@code device} is empty where there is none. */
    public record Stored(String id, String user, RecordState state, String data, String device) {}

    /** Some records, the newest first; {@code next} is where the next page begins, or null. */
    public record Listing(List<Stored> records, String next) {}

    /** How ending all but one went. */
    public enum Removal {
        DONE,
        /** The one to keep is not there; nothing was done. */
        UNKNOWN_EXCEPTION
    }

    /** How adding a record went. */
    enum Added implements ReplyCode {
        ADDED(1),
        /** The user has as many as allowed. */
        LIMIT_REACHED(0);

        private final int code;

        Added(int code) {
            this.code = code;
        }

        @Override
        public int code() {
            return code;
        }
    }

    /** What ending all records came to. */
    enum RemovedAll implements ReplyCode {
        REMOVED(1),
        /** There was none to end. */
        NONE(0),
        UNKNOWN_EXCEPTION(-1),
        /** Nothing was done: some have ended by time, and that must be told first. */
        EXPIRE_FIRST(-2);

        private final int code;

        RemovedAll(int code) {
            this.code = code;
        }

        @Override
        public int code() {
            return code;
        }
    }

    private static final ReplyCodes<Added> ADDED = ReplyCodes.of(Added.class);
    private static final ReplyCodes<RemovedAll> REMOVED_ALL = ReplyCodes.of(RemovedAll.class);

    private final ScriptRunner scripts;
    private final String kept;
    private final Script add;
    private final Script list;
    private final Script remove;
    private final Script removeAll;
    private final Script expire;

    UserRecords(ScriptRunner scripts, EventConfig config) {
        this.scripts = scripts;
        this.kept = Integer.toString(Math.max(1, config.kept() / UserKey.PARTITIONS));
        this.add = scripts.get("user/add-4");
        this.list = scripts.get("user/list-2");
        this.remove = scripts.get("user/remove-4");
        this.removeAll = scripts.get("user/remove-all-4");
        this.expire = scripts.get("user/expire-4");
    }

    /** About how many events the stream of a partition keeps; for scripts that write to it. */
    public String eventsKept() {
        return kept;
    }

    /**
     * Adds a record.
     *
     * @param most records the user may have
     * @param evict whether the oldest ends where there is no room
     * @return the state of the new record; null if there was no room
     */
    public Uni<RecordState> add(Owner owner, Addition a, long most, boolean evict) {
        return scripts.run(add, owner.keys(), List.of(a.id(), a.digest(), a.user(), a.data(), a.device(), a.tail(),
                Long.toString(a.idleMs()), Long.toString(a.absoluteMs()), Long.toString(most), evict ? "1" : "0",
                owner.kind().word(), owner.member(), kept))
                .map(reply -> switch (ADDED.read(reply.get(0))) {
                    case ADDED -> RecordState.parse(reply.get(1).toString());
                    case LIMIT_REACHED -> null;
                });
    }

    /**
     * One page of the records that have not ended.
     *
     * @param limit at most so many; fewer where they are large
     * @param before {@code next} of the page before, or null
     */
    public Uni<Listing> list(Owner owner, int limit, String before) {
        if (before != null && !MEMBER.matcher(before).matches()) {
            throw Page.invalidCursor();
        }
        return scripts.run(list, List.of(owner.records(), owner.index()),
                List.of(Integer.toString(limit), before == null ? "" : before, Integer.toString(PAGE_BYTES)))
                .map(UserRecords::listing);
    }

    private static Listing listing(Response reply) {
        String user = reply.get(0).toString();
        String next = reply.get(1).toString();
        List<Stored> records = new ArrayList<>();
        for (int i = 2; i < reply.size(); i += 4) {
            records.add(new Stored(reply.get(i).toString(), user, RecordState.parse(reply.get(i + 1).toString()),
                    reply.get(i + 2).toString(), reply.get(i + 3).toString()));
        }
        return new Listing(records, next.isEmpty() ? null : next);
    }

    /**
     * Ends a record.
     *
     * @param digest it must have; null for any
     * @param reason told in the event
     * @return whether there was such a record
     */
    public Uni<Boolean> remove(Owner owner, String id, String digest, String reason) {
        if (!isId(id)) {
            return Uni.createFrom().item(false);
        }
        return scripts.run(remove, owner.keys(), List.of(id, digest == null ? "" : digest, owner.kind().word(), reason,
                owner.member(), kept))
                .map(ReplyCodes::flag);
    }

    /**
     * Ends all records, by the same work however many there are.
     *
     * @param except id of the one that stays, or null
     */
    public Uni<Removal> removeAll(Owner owner, String except) {
        if (except != null && !isId(except)) {
            return Uni.createFrom().item(Removal.UNKNOWN_EXCEPTION);
        }
        return scripts.run(removeAll, owner.keys(),
                List.of(except == null ? "" : except, owner.kind().word(), owner.member(), kept))
                .flatMap(reply -> switch (REMOVED_ALL.read(reply)) {
                    case EXPIRE_FIRST -> expire(owner, ENDED_AT_ONCE).flatMap(ended -> removeAll(owner, except));
                    case UNKNOWN_EXCEPTION -> Uni.createFrom().item(Removal.UNKNOWN_EXCEPTION);
                    case REMOVED, NONE -> Uni.createFrom().item(Removal.DONE);
                });
    }

    /** Ids are 120 bits in base64url; nothing else that came in a path may name a field of the hash. */
    private static boolean isId(String id) {
        return ID.matcher(id).matches();
    }

    /** Removes records that have ended by time, at most {@code most}, and says how many. */
    Uni<Integer> expire(Owner owner, int most) {
        return scripts.run(expire, owner.keys(),
                List.of(owner.kind().word(), owner.member(), Integer.toString(most), kept))
                .map(Response::toInteger);
    }
}
