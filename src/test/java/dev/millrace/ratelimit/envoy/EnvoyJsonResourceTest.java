package dev.millrace.ratelimit.envoy;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.UUID;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;

import dev.millrace.Api;

@QuarkusTest
@TestProfile(EnvoyProfile.class)
class EnvoyJsonResourceTest {

    @TestHTTPResource("/")
    URI service;

    private final String id = UUID.randomUUID().toString();

    @Test
    void answers200And429AsProto3Json() {
        String body = request("\"user\"", "");
        post(body).statusCode(200).contentType(ContentType.JSON)
                .body("overallCode", equalTo("OK"))
                .body("statuses[0].code", equalTo("OK"))
                .body("statuses[0].currentLimit.requestsPerUnit", equalTo(3))
                .body("statuses[0].currentLimit.unit", equalTo("HOUR"))
                .body("statuses[0].currentLimit.name", equalTo("per-user"))
                .body("statuses[0].limitRemaining", equalTo(2))
                .body("statuses[0].durationUntilReset", matchesPattern("\\d+(\\.\\d{3})?s"));
        post(body).statusCode(200);
        post(body).statusCode(200).body("statuses[0]", not(hasKey("limitRemaining")));
        post(body).statusCode(429).contentType(ContentType.JSON)
                .body("overallCode", equalTo("OVER_LIMIT"))
                .body("statuses[0].code", equalTo("OVER_LIMIT"));
    }

    @Test
    void whatHasNoRuleHasNoLimit() {
        post("{\"domain\":\"unknown\",\"descriptors\":[{\"entries\":[{\"key\":\"a\"}]}]}").statusCode(200)
                .body("statuses", equalTo(java.util.List.of(java.util.Map.of("code", "OK"))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"hitsAddend\":2", "\"hits_addend\":\"2\"", "\"hitsAddend\":2.0",
            "\"hitsAddend\":\"2e0\""})
    void readsNumbersAndNamesInEveryForm(String addend) {
        post(request("\"user\"", "," + addend)).statusCode(200).body("statuses[0].limitRemaining", equalTo(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"requestsPerUnit\":7,\"unit\":\"DAY\"", "\"requests_per_unit\":\"7\",\"unit\":4"})
    void readsALimit(String limit) {
        post("{\"domain\":\"shop\",\"descriptors\":[{\"entries\":[{\"key\":\"a\",\"value\":\"" + id
                + "\"}],\"hits_addend\":\"0\",\"limit\":{" + limit + "}}],\"hitsAddend\":null}").statusCode(200)
                .body("statuses[0].limitRemaining", equalTo(7))
                .body("statuses[0].currentLimit.unit", equalTo("DAY"));
    }

    /** Enums are open in proto3: a unit that this version does not know is no error. */
    @ParameterizedTest
    @ValueSource(strings = {"\"unit\":0", "\"unit\":99", "\"unit\":\"UNKNOWN\"", "\"requestsPerUnit\":1"})
    void aLimitOfNoUnitIsNone(String limit) {
        post("{\"domain\":\"shop\",\"descriptors\":[{\"entries\":[{\"key\":\"user\",\"value\":\"" + id
                + "\"}],\"limit\":{" + limit + "}}]}").statusCode(200)
                .body("statuses[0].currentLimit.name", equalTo("per-user"));
    }

    @Test
    void showsMetadataAsJson() {
        String body = "{\"domain\":\"shop\",\"descriptors\":[{\"entries\":[{\"key\":\"backend\",\"value\":\"cheap-1\"}],"
                + "\"hitsAddend\":0},{\"entries\":[{\"key\":\"user\",\"value\":\"vip\"}]}]}";
        given().header("Authorization", "Bearer " + Api.OTHER).body(body).post("/json").then().statusCode(200)
                .body("dynamicMetadata.service", equalTo("cheap"))
                .body("dynamicMetadata.weight", equalTo(1))
                .body("dynamicMetadata.tags", equalTo(java.util.List.of("a", "b")))
                .body("dynamicMetadata.domain", equalTo("shop"))
                .body("dynamicMetadata.quotaModeEnabled", equalTo(true))
                .body("dynamicMetadata.descriptors[0].entries", equalTo(java.util.List.of("backend=cheap-1")))
                .body("statuses[1].limitRemaining", equalTo(4294967295L))
                .body("$", not(hasKey("responseHeadersToAdd")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "application/x-www-form-urlencoded", "text/plain", "application/json; charset=utf-8"})
    void needsNoContentType(String type) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(service.resolve("/json"))
                .header("Authorization", EnvoyClient.KEY)
                .POST(HttpRequest.BodyPublishers.ofString(request("\"user\"", "")));
        if (!type.isEmpty()) {
            request.header("Content-Type", type);
        }
        assertEquals(200, HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString())
                .statusCode());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
            "''|null",
            "domain|{\"descriptors\":[{\"entries\":[]}]}",
            "descriptors|{\"domain\":\"shop\"}",
            "descriptors|{\"domain\":\"shop\",\"descriptors\":[]}",
            "descriptors[0]|{\"domain\":\"shop\",\"descriptors\":[null]}",
            "descriptors[0].entries[0]|{\"domain\":\"shop\",\"descriptors\":[{\"entries\":[null]}]}",
            "descriptors[0].entries[0].key|{\"domain\":\"shop\",\"descriptors\":[{\"entries\":[{\"key\":1}]}]}",
            "hitsAddend|{\"domain\":\"shop\",\"descriptors\":[{}],\"hitsAddend\":-1}",
            "hitsAddend|{\"domain\":\"shop\",\"descriptors\":[{}],\"hitsAddend\":1.5}",
            "hitsAddend|{\"domain\":\"shop\",\"descriptors\":[{}],\"hitsAddend\":1e999999999}",
            "hitsAddend|{\"domain\":\"shop\",\"descriptors\":[{}],\"hitsAddend\":\"many\"}",
            "hitsAddend|{\"domain\":\"shop\",\"descriptors\":[{}],\"hitsAddend\":{}}",
            "hitsAddend|{\"domain\":\"shop\",\"descriptors\":[{}],\"hitsAddend\":4294967296}",
            "descriptors[0].hitsAddend|{\"domain\":\"shop\",\"descriptors\":[{\"entries\":[{\"key\":\"user\"}],\"hitsAddend\":\"18446744073709551616\"}]}",
            "descriptors[0].limit.unit|{\"domain\":\"shop\",\"descriptors\":[{\"limit\":{\"unit\":\"DECADE\"}}]}",
            "dommain|{\"dommain\":\"shop\"}"})
    void namesTheFieldThatIsWrong(String field, String body) {
        post(body).statusCode(400).contentType("application/problem+json")
                .body("code", equalTo("invalid-request"))
                .body("violations.field", hasItem(field.equals("''") ? "" : field));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "[", "{\"domain\":\"shop\",}", "a=b"})
    void refusesWhatIsNotJson(String body) {
        post(body).statusCode(400).contentType("application/problem+json").body("status", equalTo(400));
    }

    @Test
    void refusesAnEmptyBody() {
        given().header("Authorization", EnvoyClient.KEY).post("/json").then().statusCode(400)
                .contentType("application/problem+json");
    }

    @Test
    void onlyWithAKeyOfTheScope() {
        given().contentType(ContentType.JSON).body("{}").post("/json").then().statusCode(401)
                .body("code", equalTo("unauthenticated"));
        given().contentType(ContentType.JSON).body("{}").header("Authorization", "Bearer " + Api.READER)
                .post("/json").then().statusCode(403);
    }

    @Test
    void isInTheOpenApiDocument() {
        given().get("/q/openapi?format=json").then().statusCode(200)
                .body("paths.'/json'.post.requestBody.content.'application/json'.schema.'$ref'",
                        startsWith("#/components/schemas/EnvoyRateLimitRequest"))
                .body("components.schemas.EnvoyRateLimitOverride.properties.unit.type", equalTo("string"));
    }

    private String request(String key, String more) {
        return "{\"domain\":\"shop\",\"descriptors\":[{\"entries\":[{\"key\":" + key + ",\"value\":\"" + id + "\"}]}]"
                + more + "}";
    }

    private static ValidatableResponse post(String body) {
        return given().header("Authorization", EnvoyClient.KEY).contentType(ContentType.JSON).body(body).post("/json")
                .then();
    }
}
