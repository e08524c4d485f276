package dev.millrace.queue;

import static dev.millrace.queue.ExampleQueue.PLAIN;
import static dev.millrace.queue.ExampleQueue.SETTINGS;
import static dev.millrace.queue.ExampleQueue.grouped;
import static dev.millrace.queue.ExampleQueue.many;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.millrace.queue.model.GroupDefinition;
import dev.millrace.queue.model.Job;
import dev.millrace.queue.model.NewJob;
import dev.millrace.queue.model.QueueDefinition.Rate;

/** A rate lets its limit start at once, however they are asked for, and not one more, also where a window is no multiple of it. */
class QueueRateExamplesTest {

    @ParameterizedTest
    @CsvSource({"1, 1000", "3, 1000", "6, 1000", "7, 1000", "70, 1000", "99, 60000", "97, 1001", "700, 1000",
            "999, 1000",
            "3000, 1000", "7, 86400000"})
    void aQueueStartsItsLimitAtOnce(int limit, long windowMs) {
        for (int step : List.of(1, 2, limit + 1)) {
            assertEquals(limit, started(new ExampleQueue(SETTINGS.withLimits(0, limit, windowMs)), limit, PLAIN, step));
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1000", "3, 1000", "6, 1000", "7, 1000", "70, 1000", "99, 60000", "97, 1001", "700, 1000",
            "7, 86400000"})
    void aGroupStartsItsLimitAtOnce(int limit, long windowMs) {
        for (int step : List.of(1, 2, limit + 1)) {
            ExampleQueue q = new ExampleQueue(SETTINGS);
            q.queue.limit("g", new GroupDefinition(100, new Rate(limit, Duration.ofMillis(windowMs))), 9);
            assertEquals(limit, started(q, limit, grouped("g"), step));
        }
    }

    private static int started(ExampleQueue q, int limit, NewJob job, int step) {
        for (int left = limit + 5; left > 0; left -= 1000) {
            q.add(many(Math.min(1000, left), job));
        }
        int started = 0;
        List<Job> jobs;
        while (!(jobs = q.start(Math.min(1000, step))).isEmpty()) {
            started += jobs.size();
            jobs.forEach(q::complete);
        }
        return started;
    }
}
