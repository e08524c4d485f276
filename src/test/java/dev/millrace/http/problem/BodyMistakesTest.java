package dev.millrace.http.problem;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.Api.as;
import static dev.millrace.Api.json;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.TreeSet;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.quarkus.test.junit.QuarkusTest;

/** Guarantees for common mistakes in a body: the response names all of them, and says what to send instead. */
@QuarkusTest
class BodyMistakesTest {

    /** What {@code curl -d} sends. */
    @ParameterizedTest
    @CsvSource({"POST,/v1/ratelimit/check,`application/json`", "PUT,/v1/queues/a,`application/json`",
            "POST,/v1/queues/a/jobs,`application/json`", "POST,/v1/sessions,`application/json`",
            "PATCH,/v1/sessions/current,`application/merge-patch+json` or `application/json`"})
    void aFormIsToldWhichMediaTypeToSend(String method, String path, String expected) {
        String accepted = expected.replace("`application", "`Content-Type: application")
                .replace("or `Content-Type: ", "or `");
        as(ADMIN).contentType("application/x-www-form-urlencoded").body("{}").request(method, path).then()
                .statusCode(415).body("code", equalTo("unsupported-media-type"))
                .body("detail", equalTo("Send " + accepted + "."));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "PUT | /v1/ratelimit/policies/mistaken | {'algoritm':'fixed-window','limit':1} | algoritm,algorithm,window",
            "POST | /v1/sessions | {'usr':'a','dat':{'usr':{}}} | usr,dat,userId",
            "POST | /v1/tokens | {'userid':[1,{'a':2}]} | userid,userId",
            "POST | /v1/ratelimit/check | {'check':[]} | check,checks",
            "POST | /v1/ratelimit/check | {'checks':[{'policy':'a','identifier':'b'},{'polcy':'a','identifer':'b'}]} | "
                    + "checks[1].polcy,checks[1].identifer,checks[1].identifier,checks[1].algorithm,checks[1].limit,"
                    + "checks[1].window",
            "PUT | /v1/queues/mistaken | {'lees':'1s','retention':{'ded':1},'maxAttempts':0} | "
                    + "lees,retention.ded,maxAttempts",
            "POST | /v1/queues/mistaken/jobs | {'typ':'a'} | typ,type",
            "POST | /v1/queues/mistaken/jobs | {'jobs':[{'type':'a'},{'typ':'a'}]} | jobs[1].typ,jobs[1].type",
            "POST | /v1/queues/mistaken/complete | {'result':[]} | result,results",
            "POST | /v1/queues/mistaken/complete | {'results':[{'idd':'7','leaseToken':'7.1'}]} | results[0].idd,results[0].id",
            "POST | /v1/queues/mistaken/fail | {'failures':[{'id':'7','token':'7.1'}]} | "
                    + "failures[0].token,failures[0].leaseToken",
            "POST | /v1/queues/mistaken/extend | {'lease':[]} | lease,leases",
            "POST | /v1/cache/mistaken/batch | {'gett':['a']} | gett,get",
            "PUT | /v1/queues/mistaken/schedules/a | {'crn':'* * * * *'} | crn,job,cron"})
    void anUnknownFieldHidesNoOther(String method, String path, String body, String fields) {
        List<Map<String, String>> violations = as(ADMIN, json(body)).request(method, path).then().statusCode(400)
                .body("code", equalTo("invalid-request")).extract().path("violations");

        assertEquals(new TreeSet<>(List.of(fields.split(","))),
                new TreeSet<>(violations.stream().map(violation -> violation.get("field")).toList()));
        assertEquals("is not a known field", violations.get(0).get("message"));
    }
}
