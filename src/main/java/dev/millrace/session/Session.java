package dev.millrace.session;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

import io.quarkus.runtime.annotations.RegisterForReflection;

import dev.millrace.http.json.JsonObject;
import dev.millrace.http.json.Timestamps;
import dev.millrace.user.RecordState;

/** A session as callers see it. It never contains the token. */
@RegisterForReflection
public record Session(@Schema(examples = "Xb3vK9wQm2Tz7LpR4sHd") String id, @Schema(examples = "user-42") String userId,
        JsonObject data, @Schema(implementation = Device.class) JsonObject device,
        @Schema(examples = "2026-11-24T09:30:00.000Z") String createdAt,
        @Schema(description = "Within 30 s, or a tenth of idle if that is less", examples = "2026-11-24T09:41:12.345Z") String lastSeenAt,
        @Schema(examples = "2026-11-24T10:11:12.345Z") String idleExpiresAt,
        @Schema(examples = "2026-11-24T21:30:00.000Z") String absoluteExpiresAt,
        @Schema(description = "When the user last authenticated", examples = "2026-11-24T09:30:00.000Z") String authTime,
        @Schema(description = "Counts the changes of data; also the ETag", examples = "1") long version) {

    static Session of(String id, String userId, RecordState state, String data, String device) {
        return new Session(id, userId, new JsonObject(data),
                device.isEmpty() ? JsonObject.EMPTY : new JsonObject(device),
                Timestamps.format(state.created()), Timestamps.format(state.seen()), Timestamps.format(state.endsAt()),
                Timestamps.format(state.absolute()), Timestamps.format(authMs(state)), state.version());
    }

    /** Returns when the user last authenticated, in ms. A 0 in the tail means: when the session was opened. */
    public static long authMs(RecordState state) {
        long authenticated = SessionTail.authTime(state);
        return authenticated == 0 ? state.created() : authenticated;
    }
}
