package dev.millrace.queue.api;

import java.util.ArrayList;
import java.util.List;

import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

import io.quarkus.runtime.annotations.RegisterForReflection;

import dev.millrace.http.json.Validated;
import dev.millrace.http.problem.Violation;
import dev.millrace.queue.model.Bounds;
import dev.millrace.queue.model.LeaseExtension;

/** Jobs that take longer. */
@RegisterForReflection
@Schema(name = "Extend")
public record ExtendRequest(
        @Schema(description = "1 to 1000", required = true) @Nullable List<LeaseExtension> leases)
        implements
            Validated {

    @Override
    public List<Violation> violations() {
        List<Violation> found = new ArrayList<>(0);
        List<LeaseExtension> items = WorkReports.items(found, "leases", leases);
        for (int i = 0; i < items.size(); i++) {
            LeaseExtension e = items.get(i);
            String at = "leases[" + i + "].";
            WorkReports.check(found, at, e == null ? null : e.id(), e == null ? null : e.leaseToken());
            Bounds.checkLease(found, at, e == null ? null : e.lease());
        }
        return found;
    }
}
