package dev.millrace.queue.api;

import java.util.ArrayList;
import java.util.List;

import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

import io.quarkus.runtime.annotations.RegisterForReflection;

import dev.millrace.http.json.Unicode;
import dev.millrace.http.json.Validated;
import dev.millrace.http.problem.Violation;
import dev.millrace.queue.model.Bounds;
import dev.millrace.queue.model.JobFailure;

/** Jobs whose attempt failed. */
@RegisterForReflection
@Schema(name = "Fail")
public record FailRequest(@Schema(description = "1 to 1000", required = true) @Nullable List<JobFailure> failures)
        implements
            Validated {

    @Override
    public List<Violation> violations() {
        List<Violation> found = new ArrayList<>(0);
        List<JobFailure> items = WorkReports.items(found, "failures", failures);
        for (int i = 0; i < items.size(); i++) {
            JobFailure f = items.get(i);
            String at = "failures[" + i + "].";
            WorkReports.check(found, at, f == null ? null : f.id(), f == null ? null : f.leaseToken());
            if (f != null) {
                Bounds.checkDelay(found, at, "delay", f.delay());
                checkError(found, at, f.error());
            }
        }
        return found;
    }

    private static void checkError(List<Violation> found, String at, @Nullable String error) {
        if (error != null && error.length() > JobFailure.MAX_ERROR) {
            found.add(new Violation(at + "error", "must be at most " + JobFailure.MAX_ERROR + " characters"));
        } else if (error != null && !Unicode.isWellFormed(error)) {
            found.add(new Violation(at + "error", "must be well-formed Unicode"));
        }
    }
}
