package dev.millrace.queue.api;

import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.millrace.http.problem.Violation;
import dev.millrace.queue.model.Bounds;
import dev.millrace.queue.model.Job;

/** Checks that all kinds of workers' reports share. */
final class WorkReports {

    private WorkReports() {}

    /** Adds a violation if a list has not 1 to 1000 items. Returns the items to check: none if there are too many. */
    static <T> List<T> items(List<Violation> found, String field, @Nullable List<T> items) {
        if (items == null || items.isEmpty() || items.size() > Bounds.MAX_JOBS) {
            found.add(new Violation(field, "must have 1 to " + Bounds.MAX_JOBS + " items"));
            return List.of();
        }
        return items;
    }

    /** Adds a violation for an id or a lease token that cannot be one. {@code at}: the path of the report, with a dot behind it */
    static void check(List<Violation> found, String at, @Nullable String id, @Nullable String leaseToken) {
        if (id == null || !Job.isId(id)) {
            found.add(new Violation(at + "id", "must be the id of a job"));
        }
        if (leaseToken == null || leaseToken.isEmpty()) {
            found.add(new Violation(at + "leaseToken", "must be the token that the job was reserved with"));
        }
    }
}
