package dev.millrace.faults;

import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.Test;

import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;

/** Sentinel says where the master is, also after a failover. */
@QuarkusTest
@WithTestResource(RedisSentinels.class)
class SentinelTest {

    @Test
    void followsAFailover() {
        given().contentType(ContentType.JSON)
                .body(Map.of("algorithm", "fixed-window", "limit", 5, "window", "1h", "failMode", "open"))
                .put("/v1/ratelimit/policies/failover").then().statusCode(201);
        given().post("/v1/ratelimit/failover/x").then().statusCode(200).body("remaining", equalTo(4))
                .body("degraded", equalTo(false));

        RedisSentinels.master.kill();

        await().atMost(Duration.ofSeconds(90))
                .until(() -> given().post("/v1/ratelimit/failover/y").path("degraded").equals(false));
        given().get("/v1/ratelimit/failover/x").then().body("limit", equalTo(5)).body("degraded", equalTo(false));
    }
}
