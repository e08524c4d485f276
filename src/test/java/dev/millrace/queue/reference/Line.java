package dev.millrace.queue.reference;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which job is next. Ready jobs are in a line per priority. Of a group, only as many jobs as its concurrency may be ready, delayed or
 * active: its heads. The others wait behind them, and the next one joins the end of its line when a head ends: groups take turns.
 */
final class Line {

    /** The jobs of a group in order; the first {@code heads} of them are its heads. */
    private static final class Group {
        final List<ModelJob> members = new ArrayList<>();
        int heads;
    }

    /** The ready jobs, the highest priority first. */
    private final Map<Integer, List<ModelJob>> ready = new TreeMap<>(Comparator.reverseOrder());
    private final Map<String, Group> groups = new TreeMap<>();
    private final Map<String, Integer> limits = new TreeMap<>();
    private final int atOnce;

    /** {@code atOnce}: the concurrency of groups without their own. */
    Line(int atOnce) {
        this.atOnce = atOnce;
    }

    int limit(String group) {
        return limits.getOrDefault(group, atOnce);
    }

    /** Sets the concurrency of a group; null removes it. Heads that are too many stay heads. */
    void limit(String group, Integer limit) {
        if (limit == null) {
            limits.remove(group);
        } else {
            limits.put(group, limit);
        }
        if (groups.containsKey(group)) {
            fill(group);
        }
    }

    private void fill(String name) {
        Group group = groups.get(name);
        while (group.heads < limit(name) && group.heads < group.members.size()) {
            ModelJob next = group.members.get(group.heads++);
            line(next).add(next);
        }
    }

    /** The job joins the end of its line, or waits behind the heads of its group. */
    void join(ModelJob job) {
        String name = job.asked.group();
        if (name == null) {
            line(job).add(job);
            return;
        }
        Group group = groups.computeIfAbsent(name, g -> new Group());
        int place = group.members.indexOf(job);
        if (place < 0) {
            group.members.add(job);
            fill(name);
        } else if (place < group.heads) {
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
        String name = job.asked.group() == null ? "" : job.asked.group();
        Group group = groups.get(name);
        int place = group == null ? -1 : group.members.indexOf(job);
        if (place < 0) {
            return;
        }
        group.members.remove(place);
        if (place < group.heads) {
            group.heads--;
            fill(name);
        }
        groups.values().removeIf(any -> any.members.isEmpty());
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

    /** The ids of each group, its heads first. */
    Map<String, List<String>> groups() {
        Map<String, List<String>> ids = new TreeMap<>();
        groups.forEach((name, group) -> ids.put(name, ids(group.members)));
        return ids;
    }

    /** How many heads each group has. */
    Map<String, Integer> heads() {
        Map<String, Integer> heads = new TreeMap<>();
        groups.forEach((name, group) -> heads.put(name, group.heads));
        return heads;
    }

    private static List<String> ids(List<ModelJob> jobs) {
        return jobs.stream().map(job -> job.id).toList();
    }

    private List<ModelJob> line(ModelJob job) {
        return ready.computeIfAbsent(job.priority, p -> new ArrayList<>());
    }
}
