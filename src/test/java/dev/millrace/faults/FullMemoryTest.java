package dev.millrace.faults;

import static dev.millrace.Api.json;
import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import io.restassured.response.ExtractableResponse;
import io.restassured.response.Response;
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
        String unique = post("/jobs", "{'type':'u','uniqueKey':'k','delay':'1h'}").extract().path("id");
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
        post("/release", "{'leases':[{" + lease(held.get(4)) + "}]}").statusCode(200)
                .body("results[0].status", equalTo("released"));
        List<Map<String, Object>> again = post("/reserve", "{'max':5,'lease':'1m'}").extract().path("jobs");
        post("/release", "{'leases':[{" + lease(again.get(0)) + ",'delay':'1h'}]}").statusCode(200);
        post("/jobs/" + again.get(0).get("id") + "/retry", "").statusCode(200);
        given().delete(QUEUE + "/jobs/" + again.get(0).get("id")).then().statusCode(204);
        post("/jobs/" + unique + "/retry", "").statusCode(200);
        Map<String, Object> last = post("/reserve", "{'max':1}").extract().path("jobs[0]");
        post("/fail", "{'failures':[{" + lease(last) + ",'dead':true}]}").statusCode(200);
        post("/redrive", "").statusCode(200).body("jobs", equalTo(1));
        post("/drain", "").statusCode(200);
        post("/pause", "").statusCode(204);
        post("/resume", "").statusCode(204);
        post("/pause", "").statusCode(204);
        given().get(QUEUE).then().statusCode(200).body("paused", equalTo(true));

        post("/jobs", "{'jobs':[" + job + "]}").statusCode(503).body("code", equalTo("redis-unavailable"))
                .body("detail", containsString("memory is full")).header("Retry-After", notNullValue());
    }

    /** A schedule that is due cannot enqueue its job; nothing else depends on it. */
    @Test
    void whatIsThereIsReadFollowedAndChanged() {
        put("", "{'retention':{'completed':'1h'}}").statusCode(201);
        put("/groups/g", "{'concurrency':2}").statusCode(201);
        put("/schedules/s", "{'every':'1s','job':{'type':'s'}}").statusCode(201);
        post("/jobs", "{'jobs':[{'type':'t','ttl':'1s'},{'type':'t','priority':1}]}");
        post("/reserve", "{'max':1,'lease':'1s'}").body("jobs.size()", equalTo(1));
        limit(1);

        await().atMost(Duration.ofSeconds(30)).until(() -> {
            ValidatableResponse seen = given().get(QUEUE).then().statusCode(200);
            return Map.of("waiting", 1, "active", 0, "removed", 1)
                    .equals(seen.extract().<Map<String, Integer>>path(
                            "counts.findAll { it.key in ['waiting', 'active', 'removed'] }"))
                    && given().get(QUEUE + "/schedules/s").then().extract().<String>path("nextAt")
                            .compareTo(Instant.now().toString()) < 0;
        });
        put("", "{'retention':{'completed':'0s','dead':'1h'}}").statusCode(200);
        put("/groups/g", "{'concurrency':1}").statusCode(200);
        put("/schedules/s", "{'every':'2h','job':{'type':'s'}}").statusCode(200);
        put("/groups/h", "{'concurrency':2}").statusCode(503);
        put("/schedules/t", "{'every':'2h','job':{'type':'s'}}").statusCode(503);
        CompletableFuture<Boolean> drained = HttpClient.newHttpClient()
                .sendAsync(HttpRequest.newBuilder(URI.create(RestAssured.baseURI + ':' + RestAssured.port + QUEUE
                        + "/events")).build(), HttpResponse.BodyHandlers.ofLines())
                .thenApplyAsync(response -> response.body().anyMatch(line -> line.contains("job.cancelled")));
        try (RedisConversation redis = new RedisConversation(FaultyRedis.server.port())) {
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> redis.call("HGET", "mr:{main:q:full}:meta", "listen") != null);
        }
        post("/drain", "").statusCode(200);
        await().atMost(Duration.ofSeconds(30)).until(drained::isDone);
        assertTrue(drained.join());
    }

    /** Whatever frees memory, or withdraws a right, works. */
    @Test
    void whatFreesWorks() {
        given().contentType(ContentType.JSON).body(json("{'concurrency':1}")).put(QUEUE).then().statusCode(201);
        post("/jobs", "{'type':'t'}");
        String user = "u-" + UUID.randomUUID();
        String token = at("/v1/sessions", "{'userId':'" + user + "'}", 201).path("token");
        String other = at("/v1/sessions", "{'userId':'" + user + "'}", 201).path("session.id");
        at("/v1/sessions", "{'userId':'" + user + "'}", 201);
        String refresh = at("/v1/tokens", "{'userId':'" + user + "'}", 201).path("refreshToken");
        String policy = "/v1/ratelimit/policies/" + user;
        given().contentType(ContentType.JSON).body(json("{'algorithm':'concurrency','limit':1,'window':'1h'}"))
                .put(policy).then().statusCode(201);
        String lease = at("/v1/ratelimit/" + user + "/x/leases", "{}", 201).path("lease");
        String region = "/v1/cache/" + user;
        for (String key : List.of("/a", "/b", "/c")) {
            given().contentType("text/plain").header("Cache-Tag", "t").body("x").put(region + key).then()
                    .statusCode(204);
        }
        limit(1);

        given().header("Session-Token", token).delete("/v1/sessions/current").then().statusCode(204);
        given().header("Session-Token", token).get("/v1/sessions/current?touch=false").then().statusCode(401);
        given().delete("/v1/users/" + user + "/sessions/" + other).then().statusCode(204);
        given().delete("/v1/users/" + user + "/sessions").then().statusCode(204);
        at("/v1/tokens/revoke", "{'refreshToken':'" + refresh + "'}", 204);
        given().delete("/v1/users/" + user + "/tokens").then().statusCode(204);
        given().delete("/v1/ratelimit/" + user + "/x/leases/" + lease).then().statusCode(204);
        given().delete("/v1/ratelimit/" + user + "/x").then().statusCode(204);
        given().delete(policy).then().statusCode(204);
        given().delete(region + "/a").then().statusCode(204);
        given().delete(region + "?tag=t").then().statusCode(204);
        given().get(region + "/b").then().statusCode(404);
        given().delete(region).then().statusCode(204);
        given().delete(QUEUE).then().statusCode(204);
    }

    /** Nobody computes while no lease can be written, so the origin is not requested, and is not blamed. */
    @Test
    void aRegionWithAnOriginMisses() {
        String region = "r-" + UUID.randomUUID();
        given().contentType(ContentType.JSON).body(json("{'origin':'http://127.0.0.1:1/{key}'}"))
                .put("/v1/cache/regions/" + region).then().statusCode(201);
        limit(1);
        given().get("/v1/cache/" + region + "/k").then().statusCode(404).body("code", equalTo("cache-miss"))
                .header("Cache-Status", equalTo("millrace; fwd=uri-miss"));
        limit(0);
        given().delete("/v1/cache/regions/" + region).then().statusCode(204);
    }

    private static ExtractableResponse<Response> at(String path, String body, int status) {
        return given().contentType(ContentType.JSON).body(json(body)).post(path).then().statusCode(status).extract();
    }

    private static String lease(Map<String, Object> job) {
        return "'id':'" + job.get("id") + "','leaseToken':'" + job.get("leaseToken") + "'";
    }

    private static ValidatableResponse post(String path, String body) {
        return (body.isEmpty() ? given() : given().contentType(ContentType.JSON).body(json(body))).post(QUEUE + path)
                .then();
    }

    private static ValidatableResponse put(String path, String body) {
        return given().contentType(ContentType.JSON).body(json(body)).put(QUEUE + path).then();
    }

    private static void limit(int bytes) {
        try (RedisConversation redis = new RedisConversation(FaultyRedis.server.port())) {
            redis.call("CONFIG", "SET", "maxmemory", bytes);
        }
    }
}
