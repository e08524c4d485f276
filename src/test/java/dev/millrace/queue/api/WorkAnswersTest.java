package dev.millrace.queue.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.ObjectMapper;

import dev.millrace.http.json.JsonSettings;
import dev.millrace.http.json.JsonValue;
import dev.millrace.queue.model.EnqueuedJob;
import dev.millrace.queue.model.EnqueuedJobs;
import dev.millrace.queue.model.Job;
import dev.millrace.queue.model.JobStatus;

/** What is written by hand is, byte for byte, what the annotations make, whichever fields there are. */
class WorkAnswersTest {

    private static final String TRICKY = "a \"b\" \\ \n \u0001 é 💧 </script> \u2028";
    private static final Job FULL = new Job("17", TRICKY, new JsonValue("{\"a\":[1,null,\"é\"]}"), "active", -5, 2, 3,
            1, "17.2", "2026-01-01T00:00:00.000Z", "2026-01-02T00:00:00.000Z", "2026-01-03T00:00:00.000Z",
            "2026-01-04T00:00:00.000Z", TRICKY, TRICKY, TRICKY, new JsonValue("0.5"), new JsonValue("[true]"), true,
            TRICKY, "2026-01-05T00:00:00.000Z");
    private static final Job BARE = new Job(null, null, null, null, 0, 1, 3, 0, null, null, null, null, null, null,
            null, null, null, null, null, null, null);

    private final ObjectMapper mapper = new ObjectMapper();
    private final WorkAnswers answers = new WorkAnswers(mapper.getFactory());

    WorkAnswersTest() {
        new JsonSettings().customize(mapper);
    }

    @Test
    void jobsAreWrittenAsTheirAnnotationsSay() throws IOException {
        for (List<Job> jobs : List.of(List.of(FULL, BARE), List.<Job>of())) {
            ReservedJobs reserved = new ReservedJobs(jobs);
            assertEquals(text(mapper.writeValueAsBytes(reserved)), text(answers.bytes(reserved)));
        }
    }

    @Test
    void outcomesAreWrittenAsTheirAnnotationsSay() throws IOException {
        List<AnswerOutcome> results = Stream.concat(
                Arrays.stream(JobStatus.values()).map(status -> new AnswerOutcome("17", status, null, null)),
                Stream.of(new AnswerOutcome(TRICKY, JobStatus.EXTENDED, "2026-01-01T00:00:00.000Z", true),
                        new AnswerOutcome("18", JobStatus.EXTENDED, null, false)))
                .toList();
        for (AnswerOutcomes outcomes : List.of(new AnswerOutcomes(results, List.of(FULL)),
                new AnswerOutcomes(results, null),
                new AnswerOutcomes(List.of(), List.of()))) {
            assertEquals(text(mapper.writeValueAsBytes(outcomes)), text(answers.bytes(outcomes)));
        }
    }

    @Test
    void whatWasEnqueuedIsWrittenAsItsAnnotationsSay() throws IOException {
        EnqueuedJob one = new EnqueuedJob("17", "waiting", false);
        for (Object enqueued : List.of(one, new EnqueuedJob(null, null, true), new EnqueuedJobs(List.of(one, one)),
                new EnqueuedJobs(List.of()))) {
            assertEquals(text(mapper.writeValueAsBytes(enqueued)), text(answers.bytes(enqueued)));
        }
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
