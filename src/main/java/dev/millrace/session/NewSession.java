package dev.millrace.session;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

import io.quarkus.runtime.annotations.RegisterForReflection;

import dev.millrace.http.json.JsonObject;
import dev.millrace.http.json.Validated;
import dev.millrace.http.problem.Violation;
import dev.millrace.user.Lifetimes;

/** The request to open a session. Absent fields take their defaults. */
@RegisterForReflection
@Schema(name = "NewSession")
public record NewSession(
        @Schema(description = "The user, 1 to 512 bytes", examples = "user-42", required = true) String userId,
        @Schema(description = "Your data, up to 64 KB; default {}") JsonObject data,
        @Schema(description = "Expires after this time without use; default 30m", type = SchemaType.STRING, examples = "30m") Duration idle,
        @Schema(description = "Expires after this time, used or not; default 12h", type = SchemaType.STRING, examples = "12h") Duration absolute,
        Device device,
        @Schema(description = "Maximum number of sessions of the user, 1 to 10,000", examples = "5") Integer maxPerUser,
        @Schema(description = "What to do when the user has reached the limit; default reject", examples = "evict-oldest") OnLimit onLimit,
        @Schema(description = "When the user authenticated; default now", examples = "2026-11-24T09:30:00.000Z") String authTime)
        implements
            Validated {

    private static final int MAX_USER_AGENT = 2048;
    private static final int MAX_IP_ADDRESS = 64;

    /** Returns the violations; empty if the request is valid. */
    @Override
    public List<Violation> violations() {
        List<Violation> found = new ArrayList<>();
        Lifetimes.check(found, userId, idle, absolute);
        if (maxPerUser != null && (maxPerUser < 1 || maxPerUser > SessionService.MAX_PER_USER)) {
            found.add(new Violation("maxPerUser", "must be between 1 and " + SessionService.MAX_PER_USER));
        }
        if (device != null) {
            checkText(found, "device.userAgent", device.userAgent(), MAX_USER_AGENT);
            checkText(found, "device.ipAddress", device.ipAddress(), MAX_IP_ADDRESS);
        }
        return found;
    }

    private static void checkText(List<Violation> found, String field, String value, int most) {
        if (value == null) {
            return;
        }
        if (value.length() > most) {
            found.add(new Violation(field, "must have at most " + most + " characters"));
        } else if (!StandardCharsets.UTF_8.newEncoder().canEncode(value)) {
            found.add(new Violation(field, "must be well-formed Unicode"));
        }
    }
}
