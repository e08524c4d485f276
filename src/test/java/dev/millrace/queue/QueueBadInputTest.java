package dev.millrace.queue;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.Api.as;
import static dev.millrace.Api.json;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;

/**
 * Guarantees for bodies about queues that are wrong: each is a problem with the right status and code, which names the field; never a
 * stack trace; and nothing in the queue is changed by it.
 */
@QuarkusTest
class QueueBadInputTest extends QueueBadInputFixture {

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
            "extend | {'leases':[{'id':'ID','leaseToken':'TOKEN','progress':'\\ud800'}]} | leases[0].progress",
            "jobs | {'type':'t','throttle':'1s'} | uniqueKey",
            "jobs | {'type':'t','debounce':'1s'} | uniqueKey",
            "jobs | {'type':'t','onDuplicate':'keep'} | uniqueKey",
            "jobs | {'type':'t','uniqueUntil':'started'} | uniqueKey",
            "jobs | {'jobs':[{'type':'t','throttle':'1s'}]} | jobs[0].uniqueKey",
            "jobs | {'type':'t','uniqueKey':'k','onDuplicate':'drop'} | onDuplicate",
            "jobs | {'type':'t','uniqueKey':'k','uniqueUntil':7} | uniqueUntil",
            "jobs | {'type':'t','uniqueKey':'k','uniqueUntil':'started','onDuplicate':'rerun'} | onDuplicate",
            "jobs | {'type':'t','uniqueKey':'k','debounce':0} | debounce",
            "jobs | {'type':'t','uniqueKey':'k','debounce':'401d'} | debounce",
            "jobs | {'type':'t','uniqueKey':'k','debounce':'soon'} | debounce",
            "jobs | {'type':'t','uniqueKey':'k','debounce':true} | debounce",
            "jobs | {'type':'t','uniqueKey':'k','debounce':{}} | debounce.window",
            "jobs | {'type':'t','uniqueKey':'k','debounce':{'maxWait':'1s'}} | debounce.window",
            "jobs | {'type':'t','uniqueKey':'k','debounce':{'window':'x'}} | debounce.window",
            "jobs | {'type':'t','uniqueKey':'k','debounce':{'window':'2s','maxWait':'1s'}} | debounce.maxWait",
            "jobs | {'type':'t','uniqueKey':'k','debounce':{'window':'2s','maxWait':'401d'}} | debounce.maxWait",
            "jobs | {'type':'t','uniqueKey':'k','debounce':{'window':'2s','wait':'3s'}} | debounce.wait",
            "jobs | {'type':'t','uniqueKey':'k','debounce':'1s','delay':'1s'} | debounce",
            "jobs | {'type':'t','uniqueKey':'k','debounce':'1s','runAt':'2026-01-01T00:00:00Z'} | debounce",
            "jobs | {'type':'t','uniqueKey':'k','debounce':'1s','onDuplicate':'keep'} | onDuplicate",
            "jobs | {'type':'t','uniqueKey':'k','debounce':'1s','throttle':'1s'} | throttle",
            "jobs | {'type':'t','uniqueKey':'k','throttle':0} | throttle",
            "jobs | {'type':'t','uniqueKey':'k','throttle':'1s','uniqueUntil':'finished'} | uniqueUntil",
            "jobs | {'type':'t','uniqueKey':'k','throttle':'1s','onDuplicate':'rerun'} | onDuplicate",
            "release | {} | leases", "release | {'leases':[]} | leases",
            "release | {'leases':[null]} | leases[0].id,leases[0].leaseToken",
            "release | {'leases':[{'id':'ID','leaseToken':'TOKEN','delay':'401d'}]} | leases[0].delay",
            "release | {'leases':[{'id':'ID','leaseToken':'TOKEN','delay':-1}]} | leases[0].delay"})
    void aWorkersRequestThatIsWrongIsRefused(String verb, String body, String fields) {
        refused(post("/" + verb, filled(body)), fields.split(","));
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
}
