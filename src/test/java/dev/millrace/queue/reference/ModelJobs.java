package dev.millrace.queue.reference;

import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import dev.millrace.queue.reference.ModelJob.Place;

/** All jobs of a queue that there ever were, and where they are. */
public final class ModelJobs {

    /** Of those of the same moment, the one that ended first comes first, or was enqueued first. */
    private static final Comparator<ModelJob> BY_TIME = Comparator.comparingLong((ModelJob job) -> job.at)
            .thenComparingLong(job -> job.lives() ? 0 : job.endedAfter).thenComparing(job -> job.id);

    private final Map<String, ModelJob> jobs = new LinkedHashMap<>();
    /** The jobs that have a unique key. */
    private final Map<String, ModelJob> holders = new TreeMap<>();

    void add(ModelJob job) {
        jobs.put(job.id, job);
    }

    /** Null if there never was one. */
    ModelJob get(String id) {
        return jobs.get(id);
    }

    long size() {
        return jobs.size();
    }

    public Collection<ModelJob> all() {
        return jobs.values();
    }

    public Place place(String id) {
        return jobs.containsKey(id) ? jobs.get(id).place : Place.GONE;
    }

    Stream<ModelJob> in(Place place) {
        return jobs.values().stream().filter(job -> job.place == place);
    }

    /** By the time they are due, their lease ends, or they ended. */
    public Stream<ModelJob> byTime(Place place) {
        return in(place).sorted(BY_TIME);
    }

    long count(Place place) {
        return in(place).count();
    }

    Stream<ModelJob> living() {
        return jobs.values().stream().filter(ModelJob::lives);
    }

    /** The job that stands for others with that unique key, or null. */
    ModelJob holder(String key) {
        return key == null ? null : holders.get(key);
    }

    /** The job has its unique key from now on, if it has one. */
    void hold(ModelJob job) {
        if (job.asked.uniqueKey() != null) {
            holders.put(job.asked.uniqueKey(), job);
        }
    }

    void free(ModelJob job) {
        holders.values().remove(job);
    }

    /** The ids of those that stand for others, by their unique keys. */
    public Map<String, String> unique() {
        Map<String, String> unique = new TreeMap<>();
        holders.forEach((key, job) -> unique.put(key, job.id));
        return unique;
    }
}
