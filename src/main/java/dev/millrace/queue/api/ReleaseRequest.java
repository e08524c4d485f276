package dev.millrace.queue.api;

import java.util.ArrayList;
import java.util.List;

import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

import io.quarkus.runtime.annotations.RegisterForReflection;

import dev.millrace.http.json.Validated;
import dev.millrace.http.problem.Violation;
import dev.millrace.queue.model.Bounds;
import dev.millrace.queue.model.JobRelease;

/** Jobs that a worker gives back. */
@RegisterForReflection
@Schema(name = "Release")
public record ReleaseRequest(@Schema(description = "1 to 1000", required = true) @Nullable List<JobRelease> leases)
        implements
            Validated {

    @Override
    public List<Violation> violations() {
        List<Violation> found = new ArrayList<>(0);
        List<JobRelease> items = WorkReports.items(found, "leases", leases);
        for (int i = 0; i < items.size(); i++) {
            JobRelease r = items.get(i);
            String at = "leases[" + i + "].";
            WorkReports.check(found, at, r == null ? null : r.id(), r == null ? null : r.leaseToken());
            Bounds.checkDelay(found, at, "delay", r == null ? null : r.delay());
        }
        return found;
    }
}
