package dev.millrace.faults;

import static dev.millrace.Api.json;
import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;

import dev.millrace.redis.RedisConversation;

/** While the memory of Redis is full, workers finish and keep their jobs, and operators stop queues; nothing new is accepted. */
@QuarkusTest
@WithTestResource(FaultyRedis.class)
class FullMemoryTest {

    private static final String QUEUE = "/v1/queues/full";

    @AfterEach
    void free() {
        limit(0);
        await().atMost(Duration.ofSeconds(30)).until(() -> post("/resume", "").extract().statusCode() == 204);
        given().delete(QUEUE).then().statusCode(204);
    }

    @Test
    void workGoesOn() {
        given().contentType(ContentType.JSON).body(json("{'retention':{'completed':'1h'}}")).put(QUEUE).then()
                .statusCode(201);
        String job = "{'type':'t','data':1}";
        post("/jobs", "{'jobs':[" + String.join(",", Collections.nCopies(6, job)) + "]}");
        List<Map<String, Object>> held = post("/reserve", "{'max':5,'lease':'1m'}").extract().path("jobs");
        limit(1);

        post("/extend", "{'leases':[{" + lease(held.get(0)) + ",'lease':'2m'}]}").statusCode(200)
                .body("results[0].status", equalTo("extended"));
        post("/complete", "{'results':[{" + lease(held.get(1)) + ",'result':{'ok':true}}]}").statusCode(200)
                .body("results[0].status", equalTo("completed"));
        post("/fail", "{'failures':[{" + lease(held.get(2)) + ",'error':'e'}]}").statusCode(200);
        given().delete(QUEUE + "/jobs/" + held.get(3).get("id")).then().statusCode(202);
        post("/reserve", "{'max':5,'lease':'1m','wait':'100ms'}").statusCode(200).body("jobs.size()", equalTo(1));
        post("/reserve", "{'max':5,'lease':'1m','wait':'100ms'}").statusCode(200).body("jobs.size()", equalTo(0));
        post("/pause", "").statusCode(204);
        given().get(QUEUE).then().statusCode(200).body("paused", equalTo(true));

        post("/jobs", "{'jobs':[" + job + "]}").statusCode(503).body("code", equalTo("redis-unavailable"))
                .body("detail", containsString("memory is full")).header("Retry-After", notNullValue());
    }

    private static String lease(Map<String, Object> job) {
        return "'id':'" + job.get("id") + "','leaseToken':'" + job.get("leaseToken") + "'";
    }

    private static ValidatableResponse post(String path, String body) {
        return (body.isEmpty() ? given() : given().contentType(ContentType.JSON).body(json(body))).post(QUEUE + path)
                .then();
    }

    private static void limit(int bytes) {
        try (RedisConversation redis = new RedisConversation(FaultyRedis.server.port())) {
            redis.call("CONFIG", "SET", "maxmemory", bytes);
        }
    }
}
