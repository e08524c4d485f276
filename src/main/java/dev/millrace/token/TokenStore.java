package dev.millrace.token;

import java.util.List;

import jakarta.inject.Singleton;

import org.jspecify.annotations.Nullable;

import io.smallrye.mutiny.Uni;
import io.vertx.redis.client.Response;

import dev.millrace.redis.ReplyCodes;
import dev.millrace.redis.Script;
import dev.millrace.redis.ScriptRunner;
import dev.millrace.user.Owner;
import dev.millrace.user.RecordKind;
import dev.millrace.user.RecordState;
import dev.millrace.user.StoredRecord;
import dev.millrace.user.UserKey;
import dev.millrace.user.UserRecords;

/** The operations of a refresh token's holder on its family, each in one script. */
@Singleton
class TokenStore {

    /** Without a grace period: ms in which the previous token counts as a second tab and not as theft. */
    static final long RACE_MS = 2000;

    private static final ReplyCodes<RotationCode> ROTATED = ReplyCodes.of(RotationCode.class);

    private final ScriptRunner scripts;
    private final UserRecords records;
    private final Script rotate;
    private final Script inspect;

    TokenStore(ScriptRunner scripts, UserRecords records) {
        this.scripts = scripts;
        this.records = records;
        this.rotate = scripts.get("token/rotate-4");
        this.inspect = scripts.get("token/inspect-1");
    }

    static Owner owner(String tenant, RefreshToken token) {
        return new Owner(tenant, RecordKind.TOKEN, token.user());
    }

    /**
     * Rotates a token.
     *
     * @param successor becomes the current token if this call decides on it
     * @param salt from which the successor was derived
     */
    Uni<RotationResult> rotate(String tenant, RefreshToken token, RefreshToken successor, String salt) {
        Owner owner = owner(tenant, token);
        return scripts.run(rotate, owner.keys(), List.of(token.family(), token.digest(), successor.digest(), salt,
                Long.toString(RACE_MS), owner.member(), records.eventsKept()))
                .map(reply -> rotation(ROTATED.read(reply.get(0)), token, reply));
    }

    private static RotationResult rotation(RotationCode rotated, RefreshToken token, Response reply) {
        return switch (rotated) {
            case INVALID, SUPERSEDED, REUSED -> new RotationResult(rotated, null);
            case FIRST, AGAIN, RENEWED -> {
                StoredRecord family = stored(token, reply, 1);
                yield new RotationResult(family == null ? RotationCode.INVALID : rotated, family);
            }
        };
    }

    /** Returns the family whose current token this is, or null. */
    Uni<StoredRecord> inspect(String tenant, RefreshToken token) {
        return scripts.run(inspect, List.of(owner(tenant, token).records()), List.of(token.family(), token.digest()))
                .map(reply -> reply == null ? null : stored(token, reply, 0));
    }

    /** Returns null if Redis names another user than the token: then another party has written to Redis. */
    private static @Nullable StoredRecord stored(RefreshToken token, Response reply, int at) {
        if (!UserKey.of(reply.get(at).toString()).equals(token.user())) {
            return null;
        }
        return new StoredRecord(token.family(), reply.get(at).toString(),
                RecordState.parse(reply.get(at + 1).toString()),
                reply.get(at + 2).toString(), "");
    }

    /** Returns the tail of a new family's state. */
    static String tail(long graceMs, LostAnswer lostAnswer) {
        return graceMs + (lostAnswer == LostAnswer.ALLOW ? "a" : "");
    }

    /** Returns the salt from which the family's current token was derived. */
    static String salt(RecordState state) {
        return state.tail().substring(state.tail().lastIndexOf(' ') + 1);
    }
}
