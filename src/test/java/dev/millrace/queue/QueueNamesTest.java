package dev.millrace.queue;

import static dev.millrace.Api.WORKER;
import static dev.millrace.Api.as;
import static dev.millrace.Api.json;
import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.hasSize;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URL;
import java.time.Duration;
import java.util.UUID;

import jakarta.inject.Inject;

import org.junit.jupiter.api.Test;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;

import dev.millrace.queue.model.QueueName;
import dev.millrace.redis.RedisConversation;

/** Which calls make a queue exist, and how a queue that is not used stops to exist, so that names do not run out. */
@QuarkusTest
class QueueNamesTest {

    RedisConversation redis;

    @TestHTTPResource(value = "/metrics", management = true)
    URL metrics;

    @Inject
    QueueMaintenance maintenance;

    private final String name = "n-" + UUID.randomUUID();
    private final String queue = "/v1/queues/" + name;

    private JsonPath post(String verb, String body) {
        return as(WORKER, json(body)).post(queue + verb).then().extract().jsonPath();
    }

    private boolean isListed() {
        return redis.call("SISMEMBER", "mr:{main:q:~queues}:index", name).equals(1L);
    }

    private boolean hasSeries() {
        return given().get(metrics).then().extract().asString().contains("queue=\"" + name + '"');
    }

    @Test
    void callsAboutAnUnknownQueueDoNotCreateIt() {
        as(WORKER, json("{}")).post(queue + "/reserve").then().statusCode(200).body("jobs", hasSize(0));
        as(WORKER, json("{'wait':'100ms'}")).post(queue + "/reserve").then().statusCode(200);
        as(WORKER, json("{'results':[{'id':'7','leaseToken':'7.1'}]}")).post(queue + "/complete").then()
                .statusCode(404);
        as(WORKER, json("{'failures':[{'id':'7','leaseToken':'7.1'}]}")).post(queue + "/fail").then().statusCode(404);
        as(WORKER, json("{'leases':[{'id':'7','leaseToken':'7.1'}]}")).post(queue + "/extend").then().statusCode(404);
        as(WORKER).get(queue).then().statusCode(200);
        as(WORKER).get(queue + "/jobs/7").then().statusCode(404);
        as(WORKER).get(queue + "/jobs?state=dead").then().statusCode(200);
        as(WORKER).get(queue + "/schedules").then().statusCode(200);
        assertFalse(isListed());
        for (String key : redis.keys("mr:{main:q:" + name + "}:*")) {
            assertTrue(redis.number("PTTL", key) > 0, key);
        }
    }

    @Test
    void aQueueThatIsNoLongerUsedIsRemovedWithItsSeries() {
        post("/jobs", "{'jobs':[{'type':'a'}]}");
        assertTrue(isListed());
        await().until(this::hasSeries);
        JsonPath jobs = post("/reserve", "{}");
        QueueName idle = new QueueName("main", name);
        maintenance.removeIdle(idle, 0).await().indefinitely();
        maintenance.removeIdle(idle, 0).await().indefinitely();
        assertTrue(isListed(), "it has an active job");

        post("/complete", "{'results':[{'id':'%s','leaseToken':'%s'}]}".formatted(jobs.getString("jobs[0].id"),
                jobs.getString("jobs[0].leaseToken")));
        await().until(() -> {
            maintenance.removeIdle(idle, 0).await().indefinitely();
            return !isListed();
        });
        await().atMost(Duration.ofSeconds(30)).until(() -> !hasSeries());
        assertEquals(0, redis.keys("mr:{main:q:" + name + "}:*").size());

        post("/jobs", "{'jobs':[{'type':'a'}]}");
        assertTrue(isListed(), "its next job creates it again");
        assertEquals("a", post("/reserve", "{}").getString("jobs[0].type"));
    }
}
