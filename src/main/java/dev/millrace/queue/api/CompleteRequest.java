package dev.millrace.queue.api;

import java.util.ArrayList;
import java.util.List;

import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

import io.quarkus.runtime.annotations.RegisterForReflection;

import dev.millrace.http.json.Validated;
import dev.millrace.http.problem.Violation;
import dev.millrace.queue.model.JobResult;

/** Jobs that are done, and optionally a request for the next ones. */
@RegisterForReflection
@Schema(name = "Complete")
public record CompleteRequest(@Schema(description = "1 to 1000", required = true) @Nullable List<JobResult> results,
        @Schema(description = "Reserves the next jobs in the same call") @Nullable ReserveRequest reserve)
        implements
            Validated {

    @Override
    public List<Violation> violations() {
        List<Violation> found = new ArrayList<>(0);
        List<JobResult> items = WorkReports.items(found, "results", results);
        for (int i = 0; i < items.size(); i++) {
            JobResult r = items.get(i);
            WorkReports.check(found, "results[" + i + "].", r == null ? null : r.id(),
                    r == null ? null : r.leaseToken());
        }
        if (reserve != null) {
            found.addAll(reserve.violations("reserve."));
        }
        return found;
    }
}
