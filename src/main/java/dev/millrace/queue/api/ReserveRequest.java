package dev.millrace.queue.api;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonProperty;

import io.quarkus.runtime.annotations.RegisterForReflection;

import dev.millrace.http.json.Validated;
import dev.millrace.http.problem.Violation;
import dev.millrace.queue.model.Bounds;

/** How many jobs a worker asks for, their lease, and how long it waits for the first one. Absent fields take their defaults. */
@RegisterForReflection
@Schema(name = "Reserve")
public record ReserveRequest(
        @Schema(description = "1 to 1000. With large jobs, fewer are handed out: about 1 MB of them at a time", defaultValue = "1", examples = "10") @Nullable Integer max,
        @Schema(description = "The lease of each job, 1 s to 24 h; by default, each job's own", type = SchemaType.STRING, examples = "1m") @Nullable Duration lease,
        @Schema(description = "How long to wait for the first job, up to 30 s; no wait by default", type = SchemaType.STRING, examples = "20s") @JsonProperty("wait") @Nullable Duration waitFor)
        implements
            Validated {

    static final ReserveRequest DEFAULT = new ReserveRequest(null, null, null);
    private static final Duration MAX_WAIT = Duration.ofSeconds(30);

    @Override
    public List<Violation> violations() {
        return violations("");
    }

    List<Violation> violations(String prefix) {
        List<Violation> found = new ArrayList<>(0);
        Bounds.check(found, prefix, "max", max, 1, Bounds.MAX_JOBS);
        Bounds.checkLease(found, prefix, lease);
        Bounds.check(found, prefix, "wait", waitFor, Duration.ZERO, MAX_WAIT, "0 and 30 s");
        return found;
    }

    int maxOrDefault() {
        return max == null ? 1 : max;
    }

    /** The lease in ms; 0 for each job's own. */
    long leaseMs() {
        return lease == null ? 0 : lease.toMillis();
    }

    long waitMs() {
        return waitFor == null ? 0 : waitFor.toMillis();
    }
}
