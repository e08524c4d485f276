package dev.millrace.edge;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.Api.CACHE_READER;
import static dev.millrace.Api.as;
import static dev.millrace.Api.json;
import static dev.millrace.Api.policy;
import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import java.util.UUID;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;

/** Guarantees of header fields that keep secrets and data of users out of caches, and of what a reader may see. */
@QuarkusTest
class ResponseFieldsTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "GET | /v1/users/a/sessions |", "POST | /v1/sessions | {'userId':'fields'}",
            "POST | /v1/tokens | {'userId':'fields'}", "GET | /v1/users/a/tokens |",
            "POST | /v1/queues/fields/jobs | {'type':'a'}", "POST | /v1/queues/fields/reserve | {'max':1}",
            "GET | /v1/queues/fields/jobs?state=waiting |", "GET | /v1/queues/fields/jobs/1 |", "GET | /v1/queues |",
            "GET | /v1/queues/fields/schedules |", "GET | /v1/cache/regions |",
            "POST | /v1/cache/a/batch | {'get':['a']}",
            "GET | /v1/cache/fields/none |", "GET | /v1/cache/fields/none?lease=1s |", "GET | /v1/ops/redis/clients |",
            "GET | /v1/ratelimit/policies |", "GET | /redis/get/a |", "POST | /redis | ['get','a']",
            "GET | /redis/nothing |",
            "POST | /redis/pipeline | [['get','a']]"})
    void nothingOfATenantIsStored(String method, String path, String body) {
        RequestSpecification request = body == null ? as(ADMIN) : as(ADMIN, json(body));
        request.request(method, path).then().header("Cache-Control", "no-store");
    }

    @Test
    void noDecisionIsStored() {
        String path = "/v1/ratelimit/" + policy("fixed-window", 2) + "/a";
        for (int status : new int[]{200, 200, 429}) {
            as(ADMIN).post(path).then().statusCode(status).header("Cache-Control", "no-store");
        }
        as(ADMIN).get(path).then().statusCode(200).header("Cache-Control", "no-store");
    }

    @Test
    void browsersDoNotGuessTheTypeOfACachedBody() {
        String path = "/v1/cache/fields/" + UUID.randomUUID();
        as(ADMIN).contentType("text/plain").body("<script>").put(path).then().statusCode(204);
        for (String accept : new String[]{"*/*", "text/plain"}) {
            for (String method : new String[]{"GET", "HEAD"}) {
                as(CACHE_READER).accept(accept).request(method, path).then().statusCode(200)
                        .header("X-Content-Type-Options", "nosniff").header("Cache-Control", nullValue());
            }
        }
    }

    @Test
    void aReaderOfTheCacheDoesNotSeeTheQueryOfAnOrigin() {
        String region = "r-" + UUID.randomUUID();
        String origin = "https://origin.example/a/{key}?api-key=secret";
        as(ADMIN, json("{'origin':'" + origin + "'}")).put("/v1/cache/regions/" + region).then().statusCode(201)
                .body("origin", equalTo(origin));

        as(CACHE_READER).get("/v1/cache/regions/" + region).then().statusCode(200)
                .body("origin", equalTo("https://origin.example/a/{key}"));
        as(CACHE_READER).queryParam("limit", 500).get("/v1/cache/regions").then()
                .body("items.origin", not(hasItem(endsWith("secret"))));
        as(ADMIN).get("/v1/cache/regions/" + region).then().body("origin", equalTo(origin));
        as(ADMIN).delete("/v1/cache/regions/" + region).then().statusCode(204);
    }

    @Test
    void wrongClientCredentialsAreNamedAsOAuthNamesThem() {
        for (String path : new String[]{"/v1/oauth/introspect", "/v1/oauth/revoke"}) {
            invalidClient(given().auth().preemptive().basic("admin", "wrong"), path);
            invalidClient(given().formParam("client_id", "admin").formParam("client_secret", "wrong"), path);
            invalidClient(given(), path);
            given().header("Authorization", "Bearer mr_admin_wrong").formParam("token", "a").post(path).then()
                    .statusCode(401).header("WWW-Authenticate", "Bearer realm=\"millrace\"");
        }
    }

    private static ValidatableResponse invalidClient(RequestSpecification client, String path) {
        return client.formParam("token", "a").post(path).then().statusCode(401)
                .header("WWW-Authenticate", "Basic realm=\"millrace\", charset=\"UTF-8\"")
                .header("Cache-Control", "no-store").body("code", equalTo("invalid-client"))
                .body("error", equalTo("invalid_client"));
    }
}
