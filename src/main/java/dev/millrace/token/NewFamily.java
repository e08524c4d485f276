package dev.millrace.token;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

import io.quarkus.runtime.annotations.RegisterForReflection;

import dev.millrace.http.json.JsonObject;
import dev.millrace.http.problem.Violation;
import dev.millrace.user.Lifetimes;

/** A family of refresh tokens to begin, as it is asked for. What is absent takes its default. */
@RegisterForReflection
@Schema(name = "NewFamily")
public record NewFamily(
        @Schema(description = "Whose tokens, 1 to 512 bytes", examples = "user-42", required = true) String userId,
        @Schema(description = "Anything, up to 64 KB, given back at each rotation; default {}") JsonObject claims,
        @Schema(description = "Ends after so long without rotation; default 14d", type = SchemaType.STRING, examples = "14d") Duration idle,
        @Schema(description = "Ends after so long in any case; default 90d", type = SchemaType.STRING, examples = "90d") Duration absolute,
        @Schema(description = "How long after a rotation the token before gets the same successor, 0 to 60s; default 10s", type = SchemaType.STRING, examples = "10s") Duration grace) {

    static final Duration MAX_GRACE = Duration.ofSeconds(60);

    /** What is wrong with it; empty if nothing is. */
    public List<Violation> violations() {
        List<Violation> found = new ArrayList<>();
        Lifetimes.check(found, userId, idle, absolute);
        if (grace != null && grace.compareTo(MAX_GRACE) > 0) {
            found.add(new Violation("grace", "must be at most 60 s"));
        }
        return found;
    }
}
