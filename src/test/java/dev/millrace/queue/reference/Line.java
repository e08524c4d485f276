package dev.millrace.queue.reference;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Who is next. Ready jobs stand in a line per priority. Of a group, only the first member may be ready, delayed or active; the
 * others stand behind it, and the next joins the end of its line when the first one ends: groups take turns.
 */
final class Line {

    /** The ready jobs, the highest priority first. */
    private final Map<Integer, List<ModelJob>> ready = new TreeMap<>(Comparator.reverseOrder());
    private final Map<String, List<ModelJob>> groups = new TreeMap<>();

    /** The job joins the end of its line, or stands behind its group. */
    void join(ModelJob job) {
        String group = job.asked.group();
        List<ModelJob> members = group == null
                ? new ArrayList<>()
                : groups.computeIfAbsent(group, g -> new ArrayList<>());
        if (!members.contains(job)) {
            members.add(job);
        }
        if (members.get(0) == job) {
            line(job).add(job);
        }
    }

    /** The job comes back to the front of its line; its group waited for it. */
    void comeBack(ModelJob job) {
        line(job).add(0, job);
    }

    /** The job is no more of those that wait or are worked; the next of its group may run. */
    void leave(ModelJob job) {
        line(job).remove(job);
        List<ModelJob> members = groups.get(job.asked.group() == null ? "" : job.asked.group());
        if (members == null || !members.contains(job)) {
            return;
        }
        boolean first = members.get(0) == job;
        members.remove(job);
        if (first && !members.isEmpty()) {
            line(members.get(0)).add(members.get(0));
        }
        groups.values().removeIf(List::isEmpty);
    }

    /** The first of the highest priority, or null. */
    ModelJob next() {
        return ready.values().stream().filter(line -> !line.isEmpty()).findFirst().map(line -> line.get(0))
                .orElse(null);
    }

    /** A worker has the job now; its group waits for it. */
    void take(ModelJob job) {
        line(job).remove(job);
    }

    /** The ids that are ready, by priority. */
    Map<String, List<String>> ready() {
        Map<String, List<String>> ids = new TreeMap<>();
        ready.forEach((priority, jobs) -> {
            if (!jobs.isEmpty()) {
                ids.put(Integer.toString(priority), ids(jobs));
            }
        });
        return ids;
    }

    /** The ids of each group, its first one first. */
    Map<String, List<String>> groups() {
        Map<String, List<String>> ids = new TreeMap<>();
        groups.forEach((group, jobs) -> ids.put(group, ids(jobs)));
        return ids;
    }

    private static List<String> ids(List<ModelJob> jobs) {
        return jobs.stream().map(job -> job.id).toList();
    }

    private List<ModelJob> line(ModelJob job) {
        return ready.computeIfAbsent(job.priority, p -> new ArrayList<>());
    }
}
