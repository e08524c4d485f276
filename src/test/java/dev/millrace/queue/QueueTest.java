package dev.millrace.queue;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.Api.OTHER;
import static dev.millrace.Api.QUEUE_READER;
import static dev.millrace.Api.WORKER;
import static dev.millrace.Api.as;
import static dev.millrace.Api.json;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;

/** What producers and workers see of a queue. */
@QuarkusTest
class QueueTest {

    private final String queue = "/v1/queues/q-" + UUID.randomUUID();

    private ValidatableResponse post(String verb, String body) {
        return as(WORKER, json(body)).post(queue + verb).then();
    }

    private String enqueue(String job) {
        return post("/jobs", job).statusCode(201).extract().path("id");
    }

    private List<Map<String, Object>> reserve(String body) {
        return post("/reserve", body).statusCode(200).extract().path("jobs");
    }

    private static String held(Map<String, Object> job) {
        return "'id':'" + job.get("id") + "','leaseToken':'" + job.get("leaseToken") + "'";
    }

    private Map<String, Object> one() {
        List<Map<String, Object>> jobs = reserve("{}");
        assertEquals(1, jobs.size());
        return jobs.get(0);
    }

    private void counts(int waiting, int delayed, int active, int dead, int completed, int removed) {
        as(QUEUE_READER).get(queue).then().statusCode(200).body("counts.waiting", equalTo(waiting))
                .body("counts.delayed", equalTo(delayed)).body("counts.active", equalTo(active))
                .body("counts.dead", equalTo(dead)).body("counts.completed", equalTo(completed))
                .body("counts.removed", equalTo(removed))
                .body("counts.enqueued", equalTo(waiting + delayed + active + dead + completed + removed));
    }

    private void settings(String definition) {
        as(ADMIN, json(definition)).put(queue).then().statusCode(201);
    }

    @Test
    void aJobGoesFromEnqueueToCompletion() {
        String id = post("/jobs", "{'type':'email','data':{'n':1.10,'e':'😀'}}").statusCode(201)
                .body("state", equalTo("waiting")).body("duplicate", equalTo(false)).extract().path("id");
        as(QUEUE_READER).get(queue + "/jobs/" + id).then().statusCode(200).body("state", equalTo("waiting"));
        String taken = post("/reserve", "{'max':5}").statusCode(200).body("jobs.size()", equalTo(1))
                .body("jobs[0].id", equalTo(id)).body("jobs[0].attempt", equalTo(1))
                .body("jobs[0].maxAttempts", equalTo(3)).body("jobs[0].leaseToken", notNullValue())
                .body("jobs[0].leaseExpiresAt", notNullValue()).extract().asString();
        assertTrue(taken.contains("\"data\":{\"n\":1.10,\"e\":\"😀\"}"), taken);
        counts(0, 0, 1, 0, 0, 0);
        Map<String, Object> job = JsonPath.from(taken).getMap("jobs[0]");
        post("/complete", "{'results':[{" + held(job) + "}]}").statusCode(200)
                .body("results[0].status", equalTo("completed"));
        counts(0, 0, 0, 0, 1, 0);
        as(WORKER).get(queue + "/jobs/" + id).then().statusCode(404).body("code", equalTo("job-unknown"));
        post("/complete", "{'results':[{" + held(job) + "}]}").statusCode(404);
        assertEquals(List.of(), reserve("{}"));
    }

    @Test
    void higherPrioritiesGoFirstAndEqualOnesInOrder() {
        post("/jobs", "{'jobs':[{'type':'a'},{'type':'b','priority':-1},{'type':'c','priority':7},{'type':'d'},"
                + "{'type':'e','group':'g'},{'type':'f','group':'g'},{'type':'g'}]}").statusCode(201)
                .body("jobs.size()", equalTo(7));
        List<Object> types = new ArrayList<>();
        reserve("{'max':10}").forEach(job -> types.add(job.get("type")));
        assertEquals(List.of("c", "a", "d", "e", "g", "b"), types, "f waits for e");
    }

    @Test
    void aGroupRunsInOrderAndAFailureHoldsItUp() {
        post("/jobs", "{'jobs':[{'type':'1','group':'g'},{'type':'2','group':'g'},{'type':'3','group':'h'}]}");
        List<Map<String, Object>> jobs = reserve("{'max':10}");
        assertEquals(List.of("1", "3"), jobs.stream().map(job -> job.get("type")).toList());
        post("/fail", "{'failures':[{" + held(jobs.get(0)) + ",'error':'x','delay':'1h'}]}").statusCode(200)
                .body("results[0].status", equalTo("retrying"));
        assertEquals(List.of(), reserve("{'max':10}"));
        as(WORKER).post(queue + "/jobs/" + jobs.get(0).get("id") + "/retry").then().statusCode(200)
                .body("state", equalTo("waiting"));
        Map<String, Object> again = one();
        assertEquals(2, again.get("attempt"));
        post("/complete", "{'results':[{" + held(again) + "}],'reserve':{}}").statusCode(200)
                .body("jobs[0].type", equalTo("2"));
    }

    @Test
    void aWorkerGivesAJobBackAtNoCost() {
        settings("{'concurrency':1}");
        post("/jobs", "{'jobs':[{'type':'a','maxAttempts':1},{'type':'b'}]}");
        Map<String, Object> first = one();
        assertEquals(List.of(), reserve("{}"), "the limit is used up");
        post("/release", "{'leases':[{" + held(first) + ",'delay':'1h'}]}").statusCode(200)
                .body("results[0].id", equalTo(first.get("id"))).body("results[0].status", equalTo("released"));
        counts(1, 1, 0, 0, 0, 0);
        Map<String, Object> second = one();
        assertEquals("b", second.get("type"));
        as(WORKER).post(queue + "/jobs/" + first.get("id") + "/retry").then().statusCode(200);
        post("/release", "{'leases':[{" + held(second) + "},{" + held(first) + "},{'id':'7','leaseToken':'7.1'}]}")
                .statusCode(200).body("results.status", equalTo(List.of("released", "stale", "unknown")));
        assertEquals("b", one().get("type"), "it is at the front");
        post("/release", "{'leases':[{" + held(first) + "}]}").statusCode(409).body("code", equalTo("lease-stale"));
    }

    @Test
    void aJobThatFailsTooOftenIsDeadAndCanBeRunAgain() {
        String id = enqueue("{'type':'t','maxAttempts':2,'uniqueKey':'k'}");
        post("/fail", "{'failures':[{" + held(one()) + ",'error':'first','delay':0}]}").statusCode(200)
                .body("results[0].status", equalTo("retrying"));
        post("/fail", "{'failures':[{" + held(one()) + ",'error':'second'}]}").statusCode(200)
                .body("results[0].status", equalTo("dead"));
        counts(0, 0, 0, 1, 0, 0);
        as(WORKER).get(queue + "/jobs?state=dead").then().statusCode(200).body("items[0].id", equalTo(id))
                .body("items[0].error", equalTo("second")).body("items[0].attempt", equalTo(2))
                .body("items[0].finishedAt", notNullValue());
        String second = enqueue("{'type':'t','uniqueKey':'k'}");
        as(WORKER).post(queue + "/jobs/" + id + "/retry").then().statusCode(409).body("code", equalTo("job-state"));
        as(WORKER).delete(queue + "/jobs/" + second).then().statusCode(204);
        as(WORKER).post(queue + "/redrive").then().statusCode(200).body("jobs", equalTo(1));
        assertEquals(1, one().get("attempt"));
        counts(0, 0, 1, 0, 0, 1);
    }

    @Test
    void aStaleAnswerChangesNothing() {
        enqueue("{'type':'a'}");
        enqueue("{'type':'b'}");
        Map<String, Object> a = one();
        Map<String, Object> b = one();
        String crossed = "{'id':'" + a.get("id") + "','leaseToken':'" + b.get("leaseToken") + "'}";
        post("/complete", "{'results':[" + crossed + "]}").statusCode(409).body("code", equalTo("lease-stale"));
        post("/fail", "{'failures':[{" + held(a) + ",'delay':0}]}").statusCode(200);
        Map<String, Object> again = one();
        for (String answer : List.of("/complete {'results':[{" + held(a) + "}]}",
                "/fail {'failures':[{" + held(a) + "}]}", "/extend {'leases':[{" + held(a) + "}]}")) {
            post(answer.substring(0, answer.indexOf(' ')), answer.substring(answer.indexOf(' ') + 1)).statusCode(409);
        }
        post("/complete", "{'results':[{" + held(a) + "},{" + held(again) + "},{'id':'1','leaseToken':'1.1'}]}")
                .statusCode(200).body("results.status", equalTo(List.of("stale", "completed", "unknown")));
        counts(0, 0, 1, 0, 1, 0);
    }

    @Test
    void aLeaseThatEndsBringsTheJobBackUntilItHasStalledTooOften() {
        settings("{'lease':'1s','maxStalls':1}");
        String id = enqueue("{'type':'t'}");
        Map<String, Object> first = one();
        Map<String, Object> second = reserve("{'wait':'20s'}").get(0);
        assertEquals(List.of(id, 1, 1), List.of(second.get("id"), second.get("attempt"), second.get("stalls")));
        post("/complete", "{'results':[{" + held(first) + "}]}").statusCode(409);
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> as(WORKER).get(queue + "/jobs/" + id).then()
                .body("state", equalTo("dead")).body("stalls", equalTo(2)));
    }

    @Test
    void extendKeepsTheJobAndTellsOfACancel() {
        String id = enqueue("{'type':'t'}");
        Map<String, Object> job = one();
        String leases = "{'leases':[{" + held(job) + ",'lease':'10m','progress':{'percent':40}}]}";
        post("/extend", leases).statusCode(200).body("results[0].status", equalTo("extended"))
                .body("results[0].cancelRequested", nullValue()).body("results[0].leaseExpiresAt", notNullValue());
        as(WORKER).delete(queue + "/jobs/" + id).then().statusCode(202);
        post("/extend", leases).statusCode(200).body("results[0].cancelRequested", equalTo(true));
        as(WORKER).get(queue + "/jobs/" + id).then().body("progress.percent", equalTo(40))
                .body("cancelRequested", equalTo(true)).body("state", equalTo("active"));
        post("/fail", "{'failures':[{" + held(job) + "}]}").statusCode(200)
                .body("results[0].status", equalTo("cancelled"));
        counts(0, 0, 0, 0, 0, 1);
    }

    @Test
    void duplicatesAnswerTheJobThereIs() {
        String id = enqueue("{'type':'t','uniqueKey':'k :1','idempotencyKey':'i'}");
        for (String key : List.of("'uniqueKey':'k :1'", "'idempotencyKey':'i'")) {
            post("/jobs", "{'type':'t'," + key + "}").statusCode(200).body("id", equalTo(id))
                    .body("duplicate", equalTo(true)).body("state", equalTo("waiting"));
        }
        post("/complete", "{'results':[{" + held(one()) + "}]}").statusCode(200);
        post("/jobs", "{'type':'t','idempotencyKey':'i'}").statusCode(200).body("state", equalTo("gone"));
        post("/jobs", "{'jobs':[{'type':'t','uniqueKey':'k :1'},{'type':'t','uniqueKey':'k :1'}]}").statusCode(201)
                .body("jobs.duplicate", equalTo(List.of(false, true)));
    }

    @Test
    void aJobThatWasNotStartedInItsTimeStandsForNoOther() {
        String expired = enqueue("{'type':'t','uniqueKey':'k','ttl':'1s'}");
        await().atMost(Duration.ofSeconds(20)).until(() -> post("/jobs", "{'type':'t','uniqueKey':'k','ttl':'1h'}")
                .extract().statusCode() == 201);
        Map<String, Object> job = one();
        assertTrue(!expired.equals(job.get("id")));
        counts(0, 0, 1, 0, 0, 1);
    }

    @Test
    void largeProgressIsWithTheJobAndNotInTheEvents() {
        enqueue("{'type':'t'}");
        Map<String, Object> job = one();
        post("/extend", "{'leases':[{" + held(job) + ",'progress':'" + "x".repeat(2000) + "'}]}").statusCode(200);
        as(WORKER).get(queue + "/jobs/" + job.get("id")).then().body("progress", equalTo("x".repeat(2000)));
    }

    @Test
    void howeverManyJobsExpiredTheNextOneIsHandedOutAtOnce() {
        String brief = "{'jobs':[" + String.join(",", Collections.nCopies(1000, "{'type':'brief','ttl':'1s'}")) + "]}";
        post("/jobs", brief).statusCode(201);
        post("/jobs", brief).statusCode(201);
        post("/jobs", "{'type':'lasting'}").statusCode(201);
        Instant expired = Instant.now().plusMillis(1100);
        await().until(() -> Instant.now().isAfter(expired));
        post("/reserve", "{'max':5}").statusCode(200).body("jobs.type", equalTo(List.of("lasting")));
    }

    @Test
    void aWaitingWorkerGetsWhatComes() {
        CompletableFuture<List<Map<String, Object>>> waiting = CompletableFuture
                .supplyAsync(() -> reserve("{'wait':'30s'}"));
        enqueue("{'type':'t','delay':'200ms'}");
        assertEquals("t", waiting.join().get(0).get("type"));
        assertEquals(List.of(), reserve("{'wait':'50ms'}"));
    }

    @Test
    void aPausedQueueHandsNothingOutAndDrainRemovesWhatWaits() {
        post("/jobs",
                "{'jobs':[{'type':'a'},{'type':'b','delay':'1h'},{'type':'c','group':'g'},{'type':'d','group':'g'}]}");
        as(WORKER).post(queue + "/pause").then().statusCode(204);
        as(WORKER).get(queue).then().body("paused", equalTo(true));
        assertEquals(List.of(), reserve("{'max':10}"));
        as(WORKER).post(queue + "/resume").then().statusCode(204);
        assertEquals("a", one().get("type"));
        as(WORKER).post(queue + "/drain").then().statusCode(200).body("jobs", equalTo(3));
        counts(0, 0, 1, 0, 0, 3);
    }

    @Test
    void concurrencyAndRateBoundWhatIsHandedOut() {
        settings("{'concurrency':2}");
        post("/jobs", "{'jobs':[{'type':'a'},{'type':'b'},{'type':'c'}]}");
        List<Map<String, Object>> jobs = reserve("{'max':10}");
        assertEquals(2, jobs.size());
        assertEquals(List.of(), reserve("{}"));
        post("/complete", "{'results':[{" + held(jobs.get(0)) + "}],'reserve':{'max':5}}")
                .body("jobs.size()", equalTo(1));
        as(ADMIN, json("{'rate':{'limit':3,'window':'24h'}}")).put(queue).then().statusCode(200);
        post("/jobs", "{'jobs':[{'type':'a'},{'type':'b'},{'type':'c'},{'type':'d'}]}");
        assertEquals(3, reserve("{'max':10}").size());
        assertEquals(List.of(), reserve("{'max':10}"));
    }

    @Test
    void resultsAreKeptAsLongAsTheQueueSays() {
        settings("{'retention':{'completed':'1h'}}");
        String id = enqueue("{'type':'t'}");
        post("/complete", "{'results':[{" + held(one()) + ",'result':[1,2.50]}]}").statusCode(200);
        String seen = as(WORKER).get(queue + "/jobs/" + id).then().statusCode(200)
                .body("state", equalTo("completed")).extract().asString();
        assertTrue(seen.contains("\"result\":[1,2.50]"), seen);
    }

    @Test
    void badRequestsSayWhatIsWrongAndChangeNothing() {
        for (String job : List.of("{}", "{'type':''}", "{'type':'a\\u0000'}", "{'type':'t','priority':1001}",
                "{'type':'t','delay':-1}", "{'type':'t','delay':'1s','runAt':'2030-01-01T00:00:00Z'}",
                "{'type':'t','runAt':'tomorrow'}", "{'type':'t','maxAttempts':0}", "{'type':'t','lease':'1ms'}",
                "{'type':'t','uniqueKey':''}", "{'type':'t','backoff':{'jitter':2}}", "{'type':'t','colour':1}",
                "{'jobs':[]}", "{'jobs':[null]}", "{'type':'t','jobs':[{'type':'t'}]}",
                "{'jobs':[{'type':'t'},{'type':''}]}", "[]", "null")) {
            post("/jobs", job).statusCode(400).contentType("application/problem+json")
                    .body("violations.size()", notNullValue());
        }
        String many = "{'type':'t'},".repeat(1000);
        post("/jobs", "{'jobs':[" + many + "{'type':'t'}]}").statusCode(400);
        post("/jobs", "{'type':'t','data':'" + "x".repeat(262_143) + "'}").statusCode(413);
        for (String body : List.of("{'max':0}", "{'max':1001}", "{'wait':'31s'}", "{'lease':'25h'}")) {
            post("/reserve", body).statusCode(400);
        }
        as(WORKER).get(queue + "/jobs?state=lost").then().statusCode(400);
        as(WORKER).get(queue + "/jobs").then().statusCode(400);
        as(WORKER).get(queue + "/jobs/x").then().statusCode(404);
        counts(0, 0, 0, 0, 0, 0);
        post("/jobs", "{'jobs':[" + many.substring(0, many.length() - 1) + "]}").statusCode(201);
        post("/jobs", "{'type':'t','data':'" + "x".repeat(262_142) + "'}").statusCode(201);
        counts(1001, 0, 0, 0, 0, 0);
    }

    @Test
    void listsPageThroughWhatIsThere() {
        post("/jobs",
                "{'jobs':[{'type':'0'},{'type':'1','priority':3},{'type':'2','group':'g'},{'type':'3','group':'g'},"
                        + "{'type':'4','group':'g'}]}")
                .statusCode(201);
        List<String> types = new ArrayList<>();
        String cursor = "";
        do {
            JsonPath page = as(QUEUE_READER).get(queue + "/jobs?state=waiting&limit=2&cursor=" + cursor).then()
                    .statusCode(200).extract().jsonPath();
            types.addAll(page.getList("items.type"));
            cursor = page.getString("nextCursor");
        } while (cursor != null);
        assertEquals(List.of("1", "0", "2", "3", "4"), types);
    }

    @Test
    void scopesAndTenantsAreKept() {
        enqueue("{'type':'t'}");
        as(QUEUE_READER, "{\"type\":\"t\"}").post(queue + "/jobs").then().statusCode(403);
        as(QUEUE_READER, "{}").post(queue + "/reserve").then().statusCode(403);
        as(WORKER, "{}").put(queue).then().statusCode(403);
        as(OTHER, "{}").post(queue + "/reserve").then().statusCode(200).body("jobs.size()", equalTo(0));
        as(OTHER).get(queue).then().body("counts.enqueued", equalTo(0));
    }

    @Test
    void aReceiverThatIsNotOfThePublicInternetIsRefused() {
        settings(
                "{'maxAttempts':1,'push':{'url':'http://localhost:9/','secret':'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'}}");
        String id = enqueue("{'type':'t'}");
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertTrue(
                as(WORKER).get(queue + "/jobs/" + id).path("error") instanceof String error
                        && error.contains("loopback")));
    }

    @Test
    void aScheduleFires() {
        as(WORKER, json("{'every':'1s','job':{'type':'tick'}}")).put(queue + "/schedules/s").then().statusCode(201)
                .body("everyMs", equalTo(1000)).body("nextAt", notNullValue());
        assertEquals("s", reserve("{'wait':'20s'}").get(0).get("schedule"));
        as(WORKER).delete(queue + "/schedules/s").then().statusCode(204);
        as(WORKER).delete(queue + "/schedules/s").then().statusCode(404).body("code", equalTo("schedule-unknown"));
        as(WORKER, json("{'cron':'nonsense','job':{'type':'t'}}")).put(queue + "/schedules/s").then().statusCode(400);
    }
}
