package dev.millrace.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * All that workers were handed and what became of their answers, and afterwards whether that was as a queue promises. Times are
 * those of Redis, so it does not matter which worker noted what first. Jobs of a group carry their place in it as {@code data.at}.
 */
final class Deliveries {

    /** A job in the hands of a worker. */
    static final class Delivery {
        final JsonNode job;
        final String id;
        final int number;
        final long handedMs;
        final long leaseEndsMs;
        /** The status that was answered, if the worker said anything at all. */
        volatile String outcome;

        private Delivery(JsonNode job, long leaseMs) {
            this.job = job;
            this.id = job.path("id").textValue();
            String token = job.path("leaseToken").textValue();
            this.number = Integer.parseInt(token.substring(token.indexOf('.') + 1));
            this.leaseEndsMs = Instant.parse(job.path("leaseExpiresAt").textValue()).toEpochMilli();
            this.handedMs = leaseEndsMs - leaseMs;
        }

        /** Nothing but its burial can become of it. */
        boolean isHopeless() {
            return job.path("type").textValue().equals("hopeless");
        }

        private boolean changedTheJob() {
            return outcome != null && !outcome.equals("stale") && !outcome.equals("unknown");
        }

        private boolean isOverBefore(Delivery next) {
            return changedTheJob() ? handedMs <= next.handedMs : leaseEndsMs < next.handedMs;
        }

        @Override
        public String toString() {
            return job + " handed out at " + handedMs + ", answered " + outcome;
        }
    }

    private final Queue<Delivery> all = new ConcurrentLinkedQueue<>();

    /** Notes a job that was handed out; {@code leaseMs} is what was asked for. */
    Delivery add(JsonNode job, long leaseMs) {
        Delivery delivery = new Delivery(job, leaseMs);
        all.add(delivery);
        return delivery;
    }

    long count(String outcome) {
        return all.stream().filter(d -> outcome.equals(d.outcome)).count();
    }

    long unanswered() {
        return all.stream().filter(d -> d.outcome == null).count();
    }

    int size() {
        return all.size();
    }

    /** Each job of which there was one was handed to one worker at a time, and ended once; returns how many jobs that are. */
    int verifyJobs() {
        Map<String, List<Delivery>> jobs = new HashMap<>();
        all.forEach(d -> jobs.computeIfAbsent(d.id, id -> new ArrayList<>()).add(d));
        jobs.values().forEach(Deliveries::verifyJob);
        return jobs.size();
    }

    private static void verifyJob(List<Delivery> deliveries) {
        deliveries.sort(Comparator.comparingInt(d -> d.number));
        int failures = 0;
        int stalls = 0;
        for (int i = 0; i < deliveries.size(); i++) {
            Delivery d = deliveries.get(i);
            assertEquals(i + 1, d.number, () -> "a delivery reached nobody: " + deliveries);
            assertEquals(failures + 1, d.job.path("attempt").intValue(), () -> "attempts of " + deliveries);
            assertEquals(stalls, d.job.path("stalls").intValue(), () -> "stalls of " + deliveries);
            boolean last = i == deliveries.size() - 1;
            assertEquals(last, "completed".equals(d.outcome) || "dead".equals(d.outcome),
                    () -> "ends of " + deliveries);
            if (!last) {
                assertTrue(d.isOverBefore(deliveries.get(i + 1)), () -> "two at once: " + deliveries);
            }
            failures += "retrying".equals(d.outcome) ? 1 : 0;
            stalls += d.changedTheJob() ? 0 : 1;
        }
    }

    /** The jobs of each group were worked in order and one at a time. */
    void verifyGroups() {
        Map<String, List<Delivery>> groups = new HashMap<>();
        all.stream().filter(d -> d.job.has("group")).forEach(
                d -> groups.computeIfAbsent(d.job.path("group").textValue(), g -> new ArrayList<>()).add(d));
        groups.values().forEach(Deliveries::verifyGroup);
    }

    private static void verifyGroup(Collection<Delivery> unordered) {
        List<Delivery> group = new ArrayList<>(unordered);
        group.sort(Comparator.comparingLong((Delivery d) -> d.handedMs).thenComparingInt(Deliveries::place)
                .thenComparingInt(d -> d.number));
        for (int i = 0; i < group.size(); i++) {
            Delivery d = group.get(i);
            Delivery before = i == 0 ? null : group.get(i - 1);
            boolean next = before == null || "completed".equals(before.outcome);
            assertEquals(before == null ? 0 : place(before) + (next ? 1 : 0), place(d), () -> before + " then " + d);
            assertTrue(before == null || before.isOverBefore(d), () -> "two at once: " + before + " and " + d);
        }
    }

    private static int place(Delivery d) {
        return d.job.path("data").path("at").intValue();
    }
}
