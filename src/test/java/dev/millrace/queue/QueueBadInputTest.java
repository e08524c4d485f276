package dev.millrace.queue;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.Api.OTHER;
import static dev.millrace.Api.as;
import static dev.millrace.Api.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;

import dev.millrace.redis.RedisConversation;

/**
 * Guarantees for requests about queues that are wrong: each is a problem with the right status and code, which names the field;
 * never a stack trace; and nothing in the queue is changed by it, where there is one waiting job and one that a worker has.
 */
@QuarkusTest
class QueueBadInputTest {

    private static final int MOST_BYTES = 262_144;

    RedisConversation redis;

    private final String queue = "/v1/queues/bad-" + UUID.randomUUID();
    private String id;
    private String token;
    private Map<String, Object> before;

    @BeforeEach
    void twoJobs() {
        post("/jobs", "{'jobs':[{'type':'held'},{'type':'t','group':'g','uniqueKey':'u'}]}").then().statusCode(201);
        JsonPath held = post("/reserve", "{'lease':'1h'}").then().statusCode(200).extract().jsonPath();
        id = held.getString("jobs[0].id");
        token = held.getString("jobs[0].leaseToken");
        before = everything();
    }

    @AfterEach
    void nothingHasChanged() {
        assertEquals(before, everything());
    }

    /** All that Redis has of the queue. */
    private Map<String, Object> everything() {
        Map<String, Object> all = new TreeMap<>();
        redis.keys("mr:{main:q:" + queue.substring(queue.lastIndexOf('/') + 1) + "}:*")
                .forEach(key -> all.put(key, redis.call("DUMP", key)));
        return all;
    }

    private Response post(String verb, String body) {
        return as(ADMIN, json(body)).post(queue + verb);
    }

    /** With the id and token that are right in place of ID and TOKEN. */
    private String filled(String body) {
        return body.replace("ID", id).replace("TOKEN", token == null ? "" : token);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
            "{} | type", "{'type':null} | type", "{'type':7} | type", "{'type':['t']} | type",
            "{'type':'a\\u0000b'} | type", "{'type':'a\\nb'} | type", "{'type':'a\\ud800'} | type",
            "{'type':'t','priority':'1'} | priority", "{'type':'t','priority':1.5} | priority",
            "{'type':'t','priority':-1001} | priority", "{'type':'t','priority':99999999999} | priority",
            "{'type':'t','delay':-1} | delay", "{'type':'t','delay':'-1s'} | delay",
            "{'type':'t','delay':'PT-1S'} | delay",
            "{'type':'t','delay':'soon'} | delay", "{'type':'t','delay':'401d'} | delay",
            "{'type':'t','delay':1.5} | delay",
            "{'type':'t','delay':true} | delay", "{'type':'t','delay':99999999999999999999} | delay",
            "{'type':'t','runAt':1764000000000} | runAt", "{'type':'t','runAt':'2026-02-30T00:00:00Z'} | runAt",
            "{'type':'t','runAt':'2026-11-24'} | runAt", "{'type':'t','runAt':'9999-12-31T00:00:00Z'} | runAt",
            "{'type':'t','maxAttempts':1001} | maxAttempts", "{'type':'t','maxAttempts':'3'} | maxAttempts",
            "{'type':'t','backoff':'1s'} | backoff", "{'type':'t','backoff':{'type':'linear'}} | backoff.type",
            "{'type':'t','backoff':{'type':0}} | backoff.type",
            "{'type':'t','backoff':{'delay':'31d'}} | backoff.delay",
            "{'type':'t','backoff':{'max':'31d'}} | backoff.max",
            "{'type':'t','backoff':{'jitter':-0.1}} | backoff.jitter",
            "{'type':'t','backoff':{'jitter':'0.1'}} | backoff.jitter", "{'type':'t','backoff':{'x':1}} | backoff.x",
            "{'type':'t','lease':'999ms'} | lease", "{'type':'t','lease':'25h'} | lease",
            "{'type':'t','ttl':0} | ttl", "{'type':'t','ttl':'401d'} | ttl",
            "{'type':'t','uniqueKey':''} | uniqueKey", "{'type':'t','uniqueKey':7} | uniqueKey",
            "{'type':'t','uniqueKey':'a\\u0000'} | uniqueKey", "{'type':'t','idempotencyKey':''} | idempotencyKey",
            "{'type':'t','idempotencyKey':{}} | idempotencyKey", "{'type':'t','group':''} | group",
            "{'type':'t','group':[]} | group", "{'type':'t','group':'\\udc00'} | group",
            "{'type':'t','data':'\\ud800'} | data", "{'type':'t','dead':true} | dead", "{'type':'t','id':'1'} | id",
            "{'jobs':{}} | jobs", "{'jobs':[7]} | jobs[0]", "{'jobs':[[]]} | jobs[0]",
            "{'jobs':[{'type':'t'},null]} | jobs[1]",
            "{'jobs':[{'type':'t'},{'type':'t','delay':-1}]} | jobs[1].delay",
            "{'jobs':[{'type':'t'},{'type':'t','colour':1}]} | jobs[1].colour",
            "{'jobs':[{'type':'t','jobs':[]}]} | jobs[0].jobs", "[] | \"\"", "7 | \"\"", "'t' | \"\"", "null | \"\""})
    void whatIsNoJobIsRefused(String body, String field) {
        refused(post("/jobs", body), field);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
            "reserve | {'max':0} | max", "reserve | {'max':-1} | max", "reserve | {'max':'1'} | max",
            "reserve | {'max':99999999999} | max", "reserve | {'lease':0} | lease", "reserve | {'lease':'x'} | lease",
            "reserve | {'wait':'30001ms'} | wait", "reserve | {'wait':-1} | wait", "reserve | {'waitFor':1} | waitFor",
            "reserve | [] | \"\"",
            "complete | {} | results", "complete | null | results", "complete | {'results':[]} | results",
            "complete | {'results':{}} | results",
            "complete | {'results':[null]} | results[0].id,results[0].leaseToken",
            "complete | {'results':[{'id':'ID'}]} | results[0].leaseToken",
            "complete | {'results':[{'id':'ID','leaseToken':''}]} | results[0].leaseToken",
            "complete | {'results':[{'id':'ID','leaseToken':7}]} | results[0].leaseToken",
            "complete | {'results':[{'id':7,'leaseToken':'TOKEN'}]} | results[0].id",
            "complete | {'results':[{'id':'ID','leaseToken':'TOKEN','state':'x'}]} | results[0].state",
            "complete | {'results':[{'id':'ID','leaseToken':'TOKEN'}],'reserve':{'max':0}} | reserve.max",
            "complete | {'results':[{'id':'ID','leaseToken':'TOKEN'}],'reserve':7} | reserve",
            "complete | {'results':[{'id':'ID','leaseToken':'TOKEN'},{'id':'x','leaseToken':'y'}]} | results[1].id",
            "fail | {'failures':[]} | failures", "fail | {'failures':[null]} | failures[0].id,failures[0].leaseToken",
            "fail | {'failures':[{'id':'ID','leaseToken':'TOKEN','delay':-1}]} | failures[0].delay",
            "fail | {'failures':[{'id':'ID','leaseToken':'TOKEN','delay':'401d'}]} | failures[0].delay",
            "fail | {'failures':[{'id':'ID','leaseToken':'TOKEN','error':7}]} | failures[0].error",
            "fail | {'failures':[{'id':'ID','leaseToken':'TOKEN','error':'a\\ud800'}]} | failures[0].error",
            "fail | {'failures':[{'id':'ID','leaseToken':'TOKEN','dead':'yes'}]} | failures[0].dead",
            "fail | {'failures':[{'id':'ID','leaseToken':'TOKEN','putOff':true}]} | failures[0].putOff",
            "extend | {'leases':[]} | leases", "extend | {'leases':[null]} | leases[0].id,leases[0].leaseToken",
            "extend | {'leases':[{'id':'ID','leaseToken':'TOKEN','lease':'25h'}]} | leases[0].lease",
            "extend | {'leases':[{'id':'ID','leaseToken':'TOKEN','lease':0}]} | leases[0].lease",
            "extend | {'leases':[{'id':'ID','leaseToken':'TOKEN','progress':'\\ud800'}]} | leases[0].progress"})
    void aWorkersRequestThatIsWrongIsRefused(String verb, String body, String fields) {
        refused(post("/" + verb, filled(body)), fields.split(","));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "1e3", "1.0", "+1", "999999999999999999999999999999", "1\\u0000", "1 ", "../1",
            "1/2",
            "1:0", "{1}", "*", "", "\uff11"})
    void whatIsNoIdIsRefused(String text) {
        for (String call : List.of("complete results", "fail failures", "extend leases")) {
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
    }

    @Test
    void whatIsTooLargeIsRefused() {
        String large = "'" + "x".repeat(MOST_BYTES - 1) + "'";
        String wide = "'" + "é".repeat(MOST_BYTES / 2) + "'";
        for (String data : List.of(large, wide)) {
            problem(post("/jobs", "{'type':'t','data':" + data + "}"), 413, "too-large");
            problem(post("/jobs", "{'jobs':[{'type':'t'},{'type':'t','data':" + data + "}]}"), 413, "too-large");
            problem(post("/complete", filled("{'results':[{'id':'ID','leaseToken':'TOKEN','result':" + data + "}]}")),
                    413,
                    "too-large");
            problem(post("/extend", filled("{'leases':[{'id':'ID','leaseToken':'TOKEN','progress':" + data + "}]}")),
                    413,
                    "too-large");
            problem(as(ADMIN, json("{'every':'1h','job':{'type':'t','data':" + data + "}}"))
                    .put(queue + "/schedules/s"),
                    413, "too-large");
        }
        // Over what is read of one value.
        problem(post("/jobs", "{'type':'t','data':'" + "x".repeat(2 * 1024 * 1024) + "'}"), 413, "too-large");
        refused(post("/jobs", "{'type':'" + "x".repeat(129) + "'}"), "type");
        refused(post("/jobs", "{'type':'" + "é".repeat(128) + "','group':'" + "é".repeat(257) + "'}"), "group");
        refused(post("/fail",
                filled("{'failures':[{'id':'ID','leaseToken':'TOKEN','error':'" + "x".repeat(4097) + "'}]}")),
                "failures[0].error");
        String item = filled(",{'id':'ID','leaseToken':'TOKEN'}").repeat(1001).substring(1);
        refused(post("/complete", "{'results':[" + item + "]}"), "results");
        refused(post("/fail", "{'failures':[" + item + "]}"), "failures");
        refused(post("/extend", "{'leases':[" + item + "]}"), "leases");
        refused(post("/jobs", "{'jobs':[" + ",{'type':'t'}".repeat(1001).substring(1) + "]}"), "jobs");
    }

    @Test
    void whatIsNestedTooDeepIsRefused() {
        refused(post("/jobs", "{'type':'t','data':" + "[".repeat(257) + "]".repeat(257) + "}"), "data");
        refused(post("/complete", filled("{'results':[{'id':'ID','leaseToken':'TOKEN','result':"
                + "{'a':".repeat(257) + "1" + "}".repeat(257) + "}]}")), "results[0].result");
        for (String deep : List.of("[".repeat(100_000), "{'jobs':" + "[".repeat(100_000), "{'type':'t','data':"
                + "[".repeat(100_000))) {
            Response answer = post("/jobs", deep);
            problem(answer, 400, null);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{'type':'t'", "{'type':'t'}}", "{'type':'t'} x", "{type:'t'}",
            "{'type':'t','type':'u'}",
            "{'type':'t',}", "{'type':'t','data':01}", "{'type':'t','data':NaN}", "<job/>", "{'type':'t','data':'\t'}",
            "\u0000"})
    void whatIsNotJsonIsRefused(String body) {
        problem(post("/jobs", body), 400, body.isEmpty() ? "invalid-request" : "malformed-json");
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
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
            "{} | concurrency | 0", "{} | concurrency | 100001", "{} | concurrency | '1'", "{} | concurrency | 1.5",
            "{} | rate | 7", "{} | rate | {}", "{} | rate.limit | {'limit':0,'window':'1s'}",
            "{} | rate.window | {'limit':1,'window':0}", "{} | rate.window | {'limit':1,'window':'25h'}",
            "{} | rate.burst | {'limit':1,'window':'1s','burst':2}", "{} | maxAttempts | 0", "{} | maxStalls | -1",
            "{} | maxStalls | 101", "{} | lease | 0", "{} | lease | -1", "{} | backoff.max | {'max':'31d'}",
            "{} | retention | '1h'", "{} | retention.completed | {'completed':'401d'}",
            "{} | retention.dead | {'dead':-1}", "{} | push | 'http://x'", "{} | durability | 'all'"})
    void settingsThatAreWrongAreRefused(String unused, String field, String value) {
        String name = field.contains(".") ? field.substring(0, field.indexOf('.')) : field;
        refused(as(ADMIN, json("{'" + name + "':" + value + "}")).put(queue), field);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
            "{'cron':'nonsense','job':{'type':'t'}} | cron", "{'cron':'* * * *','job':{'type':'t'}} | cron",
            "{'cron':'61 * * * *','job':{'type':'t'}} | cron", "{'cron':'','job':{'type':'t'}} | cron",
            "{'cron':'0 0 30 2 *','job':{'type':'t'}} | cron", "{'cron':'@never','job':{'type':'t'}} | cron",
            "{'cron':'*/0 * * * *','job':{'type':'t'}} | cron", "{'cron':7,'job':{'type':'t'}} | cron",
            "{'cron':'@daily','every':'1h','job':{'type':'t'}} | every", "{'job':{'type':'t'}} | cron",
            "{'every':'999ms','job':{'type':'t'}} | every", "{'every':-1,'job':{'type':'t'}} | every",
            "{'every':'366d','job':{'type':'t'}} | every",
            "{'every':'1h','timezone':'UTC','job':{'type':'t'}} | timezone",
            "{'cron':'@daily','timezone':'Mars/Base','job':{'type':'t'}} | timezone", "{'every':'1h'} | job",
            "{'every':'1h','job':{}} | job.type", "{'every':'1h','job':[]} | job",
            "{'every':'1h','job':{'type':'t','delay':'1s'}} | job.delay",
            "{'every':'1h','job':{'type':'t','idempotencyKey':'i'}} | job.idempotencyKey",
            "{'every':'1h','job':{'type':'t'},'colour':1} | colour", "null | \"\""})
    void whatIsNoScheduleIsRefused(String body, String field) {
        refused(as(ADMIN, json(body)).put(queue + "/schedules/s"), field);
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

    private static void refused(Response answer, String... fields) {
        problem(answer, 400, "invalid-request");
        assertEquals(List.of(fields), answer.jsonPath().getList("violations.field"), answer::asString);
    }

    /** {@code code} may be null for any. */
    private static void problem(Response answer, int status, String code) {
        assertEquals(status, answer.statusCode(), answer::asString);
        assertEquals("application/problem+json", answer.contentType());
        assertTrue(code == null || code.equals(answer.jsonPath().getString("code")), answer::asString);
        assertEquals(status, answer.jsonPath().getInt("status"));
        assertNull(answer.jsonPath().getString("stackTrace"));
    }
}
