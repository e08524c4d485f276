package dev.millrace.queue;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.Api.WORKER;
import static dev.millrace.Api.as;
import static dev.millrace.Api.json;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import org.junit.jupiter.api.Test;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;

/** What producers and workers see of jobs with the same unique key. */
@QuarkusTest
class QueueDuplicatesTest {

    private final String queue = "/v1/queues/d-" + UUID.randomUUID();

    private ValidatableResponse post(String verb, String body) {
        return as(WORKER, json(body)).post(queue + verb).then();
    }

    private String first(String job) {
        return post("/jobs", job).statusCode(201).body("duplicate", equalTo(false)).extract().path("id");
    }

    private void duplicate(String id, String state, String job) {
        post("/jobs", job).statusCode(200).body("duplicate", equalTo(true)).body("id", equalTo(id)).body("state",
                equalTo(state));
    }

    private Map<String, Object> reserved() {
        List<Map<String, Object>> jobs = post("/reserve", "{'wait':'20s'}").statusCode(200).extract().path("jobs");
        assertEquals(1, jobs.size());
        return jobs.get(0);
    }

    private void complete(Map<String, Object> job) {
        post("/complete", "{'results':[{'id':'" + job.get("id") + "','leaseToken':'" + job.get("leaseToken") + "'}]}")
                .statusCode(200);
    }

    private static String job(int data, String options) {
        return "{'type':'sync','data':" + data + ",'uniqueKey':'user 1/{}:%'," + options + "}";
    }

    @Test
    void theLastUpdateIsWorkedAfterTheActiveJob() {
        String id = first(job(1, "'onDuplicate':'rerun'"));
        Map<String, Object> active = reserved();
        for (int data = 2; data <= 4; data++) {
            duplicate(id, "active", job(data, "'onDuplicate':'rerun'"));
        }
        complete(active);
        Map<String, Object> again = reserved();
        assertEquals(4, again.get("data"));
        assertNotEquals(id, again.get("id"));
        complete(again);
        as(WORKER).get(queue).then().body("counts.enqueued", equalTo(2)).body("counts.completed", equalTo(2));
    }

    @Test
    void theNewestDataTakesTheOldPlace() {
        String id = first(job(1, "'onDuplicate':'replace'"));
        first("{'type':'other'}");
        duplicate(id, "waiting", job(2, "'onDuplicate':'replace'"));
        Map<String, Object> job = reserved();
        assertEquals(List.of(id, 2), List.of(job.get("id"), job.get("data")));
    }

    @Test
    void aKeyMayBeFreeFromTheStartOn() {
        String id = first(job(1, "'uniqueUntil':'started'"));
        duplicate(id, "waiting", job(2, "'uniqueUntil':'started'"));
        reserved();
        assertNotEquals(id, first(job(3, "'uniqueUntil':'started'")));
    }

    @Test
    void aDebouncedJobRunsOnceWithTheNewestData() {
        String id = first(job(1, "'debounce':'1s'"));
        duplicate(id, "delayed", job(2, "'debounce':{'window':'1s','maxWait':'1m'}"));
        duplicate(id, "delayed", job(3, "'debounce':1000"));
        Map<String, Object> job = reserved();
        assertEquals(List.of(id, 3), List.of(job.get("id"), job.get("data")));
    }

    @Test
    void aSteadyStreamRuns() {
        String debounce = "'debounce':{'window':'1s','maxWait':'2s'}";
        String id = first(job(0, debounce));
        int[] sent = {0};
        await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(200)).until(() -> {
            post("/jobs", job(++sent[0], debounce)).body("id", equalTo(id));
            return "waiting".equals(as(WORKER).get(queue + "/jobs/" + id).path("state"));
        });
        assertTrue((Integer) reserved().get("data") >= sent[0]);
    }

    @Test
    void theFirstJobOfAWindowStands() {
        String id = first(job(1, "'throttle':'2s'"));
        duplicate(id, "waiting", job(2, "'throttle':'2s'"));
        complete(reserved());
        duplicate(id, "gone", job(3, "'throttle':'2s'"));
        await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(100))
                .until(() -> post("/jobs", job(4, "'throttle':'2s'")).extract().statusCode() == 201);
        assertEquals(4, reserved().get("data"));
    }

    @Test
    void aCallMayHoldAKeyTwice() {
        List<String> ids = post("/jobs", "{'jobs':[" + job(1, "'onDuplicate':'replace'") + ","
                + job(2, "'onDuplicate':'replace'") + "]}").statusCode(201)
                .body("jobs.duplicate", equalTo(List.of(false, true))).extract().path("jobs.id");
        assertEquals(ids.get(0), ids.get(1));
        assertEquals(2, reserved().get("data"));
    }

    @Test
    void aScheduleMayDebounceItsJobs() {
        as(ADMIN, json("{'every':'1s','job':" + job(1, "'debounce':{'window':'10m','maxWait':'1h'}") + "}"))
                .put(queue + "/schedules/s").then().statusCode(201);
        as(WORKER).get(queue + "/schedules/s").then().statusCode(200).body("job.debounce.window", equalTo(600_000))
                .body("job.debounce.maxWait", equalTo(3_600_000));
        await().atMost(Duration.ofSeconds(30))
                .until(() -> as(WORKER).get(queue).<Integer>path("counts.delayed") == 1);
    }
}
