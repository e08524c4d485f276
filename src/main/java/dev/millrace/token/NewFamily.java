package dev.millrace.token;

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

/** The request to issue a family of refresh tokens. Absent fields take their defaults. */
@RegisterForReflection
@Schema(name = "NewFamily")
public record NewFamily(
        @Schema(description = "The user, 1 to 512 bytes", examples = "user-42", required = true) String userId,
        @Schema(description = "Your data, up to 64 KB, returned at each rotation; default {}") JsonObject claims,
        @Schema(description = "Expires after this time without rotation; default 14d", type = SchemaType.STRING, examples = "14d") Duration idle,
        @Schema(description = "Expires after this time, rotated or not; default 90d", type = SchemaType.STRING, examples = "90d") Duration absolute,
        @Schema(description = "How long after a rotation the previous token returns the same successor, 0 to 10m; default 10s", type = SchemaType.STRING, examples = "10s") Duration grace,
        @Schema(description = "Whether a token may be rotated again after the grace period, as long as nobody has presented its successor; default deny", examples = "allow") LostAnswer lostAnswer)
        implements
            Validated {

    static final Duration MAX_GRACE = Duration.ofMinutes(10);

    /** Returns the violations; empty if the request is valid. */
    @Override
    public List<Violation> violations() {
        List<Violation> found = new ArrayList<>();
        Lifetimes.check(found, userId, idle, absolute);
        if (grace != null && grace.compareTo(MAX_GRACE) > 0) {
            found.add(new Violation("grace", "must be at most 10 min"));
        }
        return found;
    }
}
