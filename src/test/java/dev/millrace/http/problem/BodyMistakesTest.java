package dev.millrace.http.problem;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.Api.as;
import static dev.millrace.Api.json;
import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;

/** Guarantees for common mistakes in a body: the response names all of them, and says what to send instead. */
@QuarkusTest
class BodyMistakesTest {

    /** What {@code curl -d} sends. */
    @ParameterizedTest
    @CsvSource({"POST,/v1/ratelimit/check,`application/json`", "PUT,/v1/queues/a,`application/json`",
            "POST,/v1/queues/a/jobs,`application/json`", "PUT,/v1/cache/regions/a,`application/json`",
            "POST,/v1/sessions,`application/json`",
            "PATCH,/v1/sessions/current,`application/merge-patch+json` or `application/json`"})
    void aFormIsToldWhichMediaTypeToSend(String method, String path, String expected) {
        String accepted = expected.replace("`application", "`Content-Type: application")
                .replace("or `Content-Type: ", "or `");
        as(ADMIN).contentType("application/x-www-form-urlencoded").body("{}").request(method, path).then()
                .statusCode(415).body("code", equalTo("unsupported-media-type"))
                .body("detail", equalTo("Send " + accepted + "."));
    }

    /** Also of operations that are added later. The messages of {@code /json} are written by Envoy, not by hand. */
    @Test
    void everyOperationReadsItsBodyToTheEnd() {
        Map<String, Map<String, Map<String, Object>>> paths = given().accept(ContentType.JSON).get("/q/openapi").then()
                .statusCode(200).extract().path("paths");
        int checked = 0;
        for (var path : paths.entrySet()) {
            for (var operation : path.getValue().entrySet()) {
                if (path.getKey().equals("/json")
                        || !String.valueOf(operation.getValue().get("requestBody")).contains("application/json")) {
                    continue;
                }
                String name = operation.getKey() + " " + path.getKey();
                String detail = as(ADMIN, json("{'no1':1,'no2':{'a':[]}}"))
                        .request(operation.getKey().toUpperCase(Locale.ROOT),
                                path.getKey().replaceAll("\\{[^}]*}", "a"))
                        .then().statusCode(400).extract().asString();
                assertTrue(detail.contains("no1") && detail.contains("no2"), () -> name + ": " + detail);
                checked++;
            }
        }
        assertTrue(checked > 15, "operations with a body: " + checked);
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
            "POST | /v1/tokens/rotate | {'token':'r1.0'} | token,refreshToken",
            "PATCH | /v1/sessions/current | {'dat':{}} | dat,data",
            "POST | /v1/ratelimit/mistaken/a | {'costs':1,'cost':0} | costs,cost",
            "POST | /v1/queues/mistaken/reserve | {'maxx':1,'max':0} | maxx,max",
            "POST | /v1/cache/mistaken/batch | {'gett':['a']} | gett,get",
            "POST | /v1/cache/mistaken/batch | {'gett':1,'get':['','a','..']} | gett,get[0],get[2]",
            "PUT | /v1/queues/mistaken/schedules/a | {'crn':'* * * * *'} | crn,job,cron"})
    void anUnknownFieldHidesNoOther(String method, String path, String body, String fields) {
        List<Map<String, String>> violations = as(ADMIN, json(body)).request(method, path).then().statusCode(400)
                .body("code", equalTo("invalid-request")).extract().path("violations");

        assertEquals(new TreeSet<>(List.of(fields.split(","))),
                new TreeSet<>(violations.stream().map(violation -> violation.get("field")).toList()));
        assertEquals("is not a known field", violations.get(0).get("message"));
    }
}
