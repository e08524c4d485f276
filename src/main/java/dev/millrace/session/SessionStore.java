package dev.millrace.session;

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
import dev.millrace.user.UserRecords;

/** The operations of a token's holder on the session, each in one script. */
@Singleton
class SessionStore {

    private static final String REMEMBERED = Long.toString(UserRecords.ROTATION_REMEMBERED_MS);
    private static final ReplyCodes<CurrentCode> READ = ReplyCodes.of(CurrentCode.class);
    private static final ReplyCodes<RotateCode> ROTATED = ReplyCodes.of(RotateCode.class);
    private static final ReplyCodes<PatchCode> PATCHED = ReplyCodes.of(PatchCode.class);

    private final ScriptRunner scripts;
    private final Script current;
    private final Script patch;
    private final Script rotate;

    SessionStore(ScriptRunner scripts) {
        this.scripts = scripts;
        this.current = scripts.get("session/current-3");
        this.patch = scripts.get("session/patch-3");
        this.rotate = scripts.get("session/rotate-3");
    }

    static Owner owner(String tenant, SessionToken token) {
        return new Owner(tenant, RecordKind.SESSION, token.user());
    }

    /** Returns the session of a token, or of the previous one while the grace of its rotation lasts. */
    Uni<CurrentResult> current(String tenant, SessionToken token, boolean touch) {
        Owner owner = owner(tenant, token);
        String id = token.id();
        return scripts
                .run(current, owner.dueKeys(),
                        List.of(id, token.digest(), touch ? "1" : "0", REMEMBERED, owner.member()))
                .map(reply -> {
                    CurrentCode code = READ.read(reply.get(0));
                    return new CurrentResult(code, code == CurrentCode.FOUND ? stored(id, reply, 1) : null);
                });
    }

    /**
     * Merges a patch into a session's data.
     *
     * @param versions one of which the session must have; null for any version
     */
    Uni<PatchResult> patch(String tenant, SessionToken token, String json, @Nullable List<Long> versions,
            int maxBytes) {
        Owner owner = owner(tenant, token);
        String id = token.id();
        StringBuilder required = new StringBuilder(versions == null ? "" : " ");
        if (versions != null) {
            versions.forEach(version -> required.append(version).append(' '));
        }
        return scripts.run(patch, owner.dueKeys(),
                List.of(id, token.digest(), json, required.toString(), Integer.toString(maxBytes), REMEMBERED,
                        owner.member()))
                .map(reply -> {
                    PatchCode patched = PATCHED.read(reply.get(0));
                    return switch (patched) {
                        case DONE -> new PatchResult(patched, stored(id, reply, 1), 0);
                        case STALE -> new PatchResult(patched, null, reply.get(1).toLong());
                        case INVALID, TOO_LARGE, SUPERSEDED -> new PatchResult(patched, null, 0);
                    };
                });
    }

    /**
     * Rotates the token of a session.
     *
     * @param successor becomes the token if this call decides on it
     * @param salt from which the successor was derived
     */
    Uni<RotateResult> rotate(String tenant, SessionToken token, SessionToken successor, String salt, long graceMs,
            boolean reauthenticated) {
        Owner owner = owner(tenant, token);
        return scripts.run(rotate, owner.dueKeys(),
                List.of(token.id(), token.digest(), successor.digest(), salt, Long.toString(graceMs),
                        reauthenticated ? "1" : "0", REMEMBERED, owner.member()))
                .map(reply -> {
                    RotateCode code = ROTATED.read(reply.get(0));
                    return switch (code) {
                        case FIRST, AGAIN -> new RotateResult(code, stored(token.id(), reply, 1));
                        case INVALID, SUPERSEDED -> new RotateResult(code, null);
                    };
                });
    }

    private static StoredRecord stored(String id, Response reply, int at) {
        return new StoredRecord(id, reply.get(at).toString(), RecordState.parse(reply.get(at + 1).toString()),
                reply.get(at + 2).toString(), reply.get(at + 3).toString());
    }
}
