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

/** The operations of a token's holder on the session, each in one script. */
@Singleton
class SessionStore {

    private static final ReplyCodes<PatchCode> PATCHED = ReplyCodes.of(PatchCode.class);

    private final ScriptRunner scripts;
    private final Script current;
    private final Script patch;
    private final Script rotate;

    SessionStore(ScriptRunner scripts) {
        this.scripts = scripts;
        this.current = scripts.get("session/current-2");
        this.patch = scripts.get("session/patch-2");
        this.rotate = scripts.get("session/rotate-1");
    }

    static Owner owner(String tenant, SessionToken token) {
        return new Owner(tenant, RecordKind.SESSION, token.user());
    }

    /** Returns the session of a token, or null. */
    Uni<StoredRecord> current(String tenant, SessionToken token, boolean touch) {
        Owner owner = owner(tenant, token);
        String id = token.id();
        return scripts
                .run(current, List.of(owner.records(), owner.index()), List.of(id, token.digest(), touch ? "1" : "0"))
                .map(reply -> reply == null ? null : stored(id, reply, 0));
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
        return scripts.run(patch, List.of(owner.records(), owner.index()),
                List.of(id, token.digest(), json, required.toString(), Integer.toString(maxBytes)))
                .map(reply -> {
                    PatchCode patched = PATCHED.read(reply.get(0));
                    return switch (patched) {
                        case DONE -> new PatchResult(patched, stored(id, reply, 1), 0);
                        case STALE -> new PatchResult(patched, null, reply.get(1).toLong());
                        case INVALID, TOO_LARGE -> new PatchResult(patched, null, 0);
                    };
                });
    }

    /** Replaces the token of a session; null if there is no such session. */
    Uni<StoredRecord> rotate(String tenant, SessionToken token, SessionToken successor, boolean reauthenticated) {
        return scripts.run(rotate, List.of(owner(tenant, token).records()),
                List.of(token.id(), token.digest(), successor.digest(), reauthenticated ? "1" : "0"))
                .map(reply -> reply == null ? null : stored(token.id(), reply, 0));
    }

    private static StoredRecord stored(String id, Response reply, int at) {
        return new StoredRecord(id, reply.get(at).toString(), RecordState.parse(reply.get(at + 1).toString()),
                reply.get(at + 2).toString(), reply.get(at + 3).toString());
    }
}
