package dev.millrace.queue;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.Api.OTHER;
import static dev.millrace.Api.as;
import static dev.millrace.Api.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;

/** Guarantees for calls with an unknown or malformed queue, job or lease: the same as for {@linkplain QueueBadInputTest bodies}. */
@QuarkusTest
class QueueBadAddressTest extends QueueBadInputFixture {

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "1e3", "1.0", "+1", "999999999999999999999999999999", "1\\u0000", "1 ", "../1",
            "1/2",
            "1:0", "{1}", "*", "", "\uff11"})
    void whatIsNoIdIsRefused(String text) {
        for (String call : List.of("complete results", "fail failures", "extend leases", "release leases")) {
            String list = call.substring(call.indexOf(' ') + 1);
            refused(post("/" + call.substring(0, call.indexOf(' ')),
                    "{'" + list + "':[{'id':'" + text + "','leaseToken':'" + token + "'}]}"), list + "[0].id");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "01", "x", "999999999999999999999999999999", "1%00", "%00", "1%20", "%7B1%7D",
            "*",
            "999999999999999", "1", "%F0%9F%98%80", "1%3A0"})
    void anIdThatThereIsNotIsUnknown(String text) {
        for (String path : List.of("/jobs/" + text, "/jobs/" + text + "/retry")) {
            Stream.of(path.endsWith("retry")
                    ? as(ADMIN).urlEncodingEnabled(false).post(queue + path)
                    : as(ADMIN).urlEncodingEnabled(false).get(queue + path),
                    path.endsWith("retry")
                            ? as(ADMIN).urlEncodingEnabled(false).post(queue + path)
                            : as(ADMIN).urlEncodingEnabled(false).delete(queue + path))
                    .forEach(answer -> problem(answer, 404, "job-unknown"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/jobs/1%2F2", "/jobs/..%2F1", "/jobs/%2e%2e", "/jobs//", "/jobs/1/2", "/jobs/a;b",
            "/jobs/%ff"})
    void aPathThatIsNoneIsRefused(String path) {
        Response answer = as(ADMIN).urlEncodingEnabled(false).get(queue + path);
        assertTrue(answer.statusCode() == 400 || answer.statusCode() == 404, answer::asString);
        problem(answer, answer.statusCode(), null);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "TOKEN0", "ID", "ID.", "ID.0", "ID.-1", "ID.01", "ID.2", "ID.1.1", "ID.1 ",
            "ID.1\\u0000",
            "ID.99999999999999999999", "1.1", "TOKEN\\n"})
    void anotherTokenIsStale(String text) {
        String held = "{'id':'" + id + "','leaseToken':'" + filled(text) + "'}";
        problem(post("/complete", "{'results':[" + held + "],'reserve':{'max':5}}"), 409, "lease-stale");
        problem(post("/fail", "{'failures':[" + held + "]}"), 409, "lease-stale");
        problem(post("/extend", "{'leases':[" + held + "]}"), 409, "lease-stale");
        problem(post("/release", "{'leases':[" + held + "]}"), 409, "lease-stale");
    }

    @Test
    void otherMediaTypesAndMethodsAreRefused() {
        problem(as(ADMIN).contentType(ContentType.TEXT).body("{}").post(queue + "/jobs"), 415,
                "unsupported-media-type");
        problem(as(ADMIN).contentType(ContentType.XML).body("{}").post(queue + "/reserve"), 415,
                "unsupported-media-type");
        problem(as(ADMIN, "{}").patch(queue), 405, "method-not-allowed");
        problem(as(ADMIN).get(queue + "/reserve"), 405, "method-not-allowed");
        problem(as(ADMIN, "{}").put(queue + "/jobs"), 405, "method-not-allowed");
        as(ADMIN, "{}").put(queue + "/jobs").then().header("Allow", "GET, POST");
        problem(as(ADMIN).get(queue + "/nothing"), 404, "not-found");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"state=lost | state", "state= | state", "state=WAITING | state",
            "limit=5 | state",
            "state=dead&limit=0 | limit", "state=dead&limit=501 | limit", "state=dead&cursor=x | cursor",
            "state=waiting&cursor=dzo1OjE5OTk5OTk5OTk5OTk5OTk5OTk | cursor", "state=dead&cursor=%00 | cursor"})
    void aListOfSomethingElseIsRefused(String query, String field) {
        refused(as(ADMIN).urlEncodingEnabled(false).get(queue + "/jobs?" + query), field);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a%20b", "a:b", "%7Ba%7D", "%C3%A4", "%00", "*", "~queues",
            "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"})
    void whatIsNoNameIsRefused(String name) {
        String other = "/v1/queues/" + name;
        for (Response answer : List.of(raw("{}").post(other + "/reserve"),
                raw(json("{'type':'t'}")).post(other + "/jobs"),
                raw("{}").put(other), raw(null).get(other), raw(null).get(other + "/jobs?state=dead"),
                raw(null).get(other + "/jobs/1"), raw(null).delete(other + "/jobs/1"), raw(null).post(other + "/pause"),
                raw(null).post(other + "/drain"), raw(null).post(other + "/redrive"), raw(null).get(other + "/events"),
                raw(null).get(other + "/schedules"))) {
            refused(answer, "queue");
        }
        refused(raw(json("{'every':'1h','job':{'type':'t'}}")).put(queue + "/schedules/" + name), "name");
        refused(raw(null).delete(queue + "/schedules/" + name), "name");
    }

    private static RequestSpecification raw(String json) {
        return (json == null ? as(ADMIN) : as(ADMIN, json)).urlEncodingEnabled(false);
    }

    /** The queue of that name is another one to him, in which there is no such job. */
    @Test
    void anotherTenantReachesNothing() {
        String held = filled("{'id':'ID','leaseToken':'TOKEN'}");
        problem(as(OTHER, json("{'results':[" + held + "]}")).post(queue + "/complete"), 404, "job-unknown");
        problem(as(OTHER, json("{'failures':[" + held + "]}")).post(queue + "/fail"), 404, "job-unknown");
        problem(as(OTHER, json("{'leases':[" + held + "]}")).post(queue + "/extend"), 404, "job-unknown");
        problem(as(OTHER, json("{'leases':[" + held + "]}")).post(queue + "/release"), 404, "job-unknown");
        problem(as(OTHER).get(queue + "/jobs/" + id), 404, "job-unknown");
        problem(as(OTHER).delete(queue + "/jobs/" + id), 404, "job-unknown");
        problem(as(OTHER).post(queue + "/jobs/" + id + "/retry"), 404, "job-unknown");
        for (String verb : List.of("/drain", "/redrive")) {
            assertEquals(0, (Integer) as(OTHER).post(queue + verb).then().statusCode(200).extract().path("jobs"));
        }
        as(OTHER).post(queue + "/pause").then().statusCode(204);
        as(OTHER, "{\"concurrency\":1}").put(queue).then().statusCode(201);
        as(OTHER, json("{'type':'t','uniqueKey':'u'}")).post(queue + "/jobs").then().statusCode(201);
    }

    /** A job of this queue is none of another, whatever its token. */
    @Test
    void anotherQueueReachesNothing() {
        String held = filled("{'id':'ID','leaseToken':'TOKEN'}");
        problem(as(ADMIN, json("{'results':[" + held + "]}")).post(queue + "-2/complete"), 404, "job-unknown");
        problem(as(ADMIN).delete(queue + "-2/jobs/" + id), 404, "job-unknown");
    }
}
