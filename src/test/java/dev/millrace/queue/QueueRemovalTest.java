package dev.millrace.queue;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.Api.WORKER;
import static dev.millrace.Api.as;
import static dev.millrace.Api.json;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.UUID;

import org.junit.jupiter.api.Test;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;

import dev.millrace.redis.RedisConversation;

/** What is left of a queue that was removed. */
@QuarkusTest
class QueueRemovalTest {

    RedisConversation redis;

    private final String name = "q-" + UUID.randomUUID();
    private final String queue = "/v1/queues/" + name;

    private JsonPath post(String verb, String body) {
        return as(WORKER, json(body)).post(queue + verb).then().extract().jsonPath();
    }

    private List<String> keys() {
        return redis.keys("mr:{main:q:" + name + "}:*");
    }

    private boolean isListed() {
        return redis.call("SISMEMBER", "mr:{main:q:~queues}:index", name).equals(1L);
    }

    @Test
    void nothingIsLeftButIdempotencyKeysUntilTheirEnd() {
        as(ADMIN, json("{'retention':{'completed':'1h'},'maxAttempts':1}")).put(queue).then().statusCode(201);
        as(WORKER, json("{'every':'1h','job':{'type':'tick'}}")).put(queue + "/schedules/s").then().statusCode(201);
        post("/jobs",
                "{'jobs':[{'type':'done','priority':9},{'type':'dead','priority':8},{'type':'active','priority':7},"
                        + "{'type':'a'},{'type':'b','delay':'1h'},{'type':'c','group':'g'},{'type':'d','group':'g'},"
                        + "{'type':'e','uniqueKey':'u','priority':-3},{'type':'f','idempotencyKey':'i'}]}");
        String many = "{'type':'t'},".repeat(999) + "{'type':'t'}";
        post("/jobs", "{'jobs':[" + many + "]}");
        JsonPath jobs = post("/reserve", "{'max':3}");
        String held = "'id':'%s','leaseToken':'%s'";
        post("/complete", "{'results':[{" + held.formatted(jobs.getString("jobs[0].id"),
                jobs.getString("jobs[0].leaseToken")) + ",'result':1}]}");
        post("/fail", "{'failures':[{" + held.formatted(jobs.getString("jobs[1].id"),
                jobs.getString("jobs[1].leaseToken")) + "}]}");
        String active = held.formatted(jobs.getString("jobs[2].id"), jobs.getString("jobs[2].leaseToken"));
        post("/extend", "{'leases':[{" + active + ",'progress':1}]}");
        assertTrue(isListed());

        as(WORKER).delete(queue).then().statusCode(403);
        as(ADMIN).delete(queue).then().statusCode(204);
        assertEquals(List.of("mr:{main:q:" + name + "}:i:i"), keys());
        assertTrue(redis.number("PTTL", keys().get(0)) > 0);
        as(ADMIN).get("/v1/queues?limit=500").then().statusCode(200).body("items.queue", not(hasItem(name)));
        as(WORKER, json("{'results':[{" + active + "}]}")).post(queue + "/complete").then().statusCode(404)
                .body("code", equalTo("job-unknown"));
        as(ADMIN).get(queue).then().body("counts.enqueued", equalTo(0)).body("maxAttempts", equalTo(3));
        as(ADMIN).delete(queue).then().statusCode(204);
    }

    @Test
    void itIsThereAgainWithItsNextJob() {
        String before = post("/jobs", "{'type':'t'}").getString("id");
        // As another replica does, of which this one does not know.
        keys().forEach(key -> redis.call("DEL", key));
        redis.call("SREM", "mr:{main:q:~queues}:index", name);
        String after = post("/jobs", "{'type':'t','delay':'1s'}").getString("id");
        assertTrue(Long.parseLong(after) > Long.parseLong(before), "ids are not given again");
        assertTrue(isListed());
        // Nobody asks for it, so what is delayed becomes ready only if the queue is seen to.
        await().atMost(Duration.ofSeconds(20)).untilAsserted(
                () -> assertEquals(1L, redis.number("LLEN", "mr:{main:q:" + name + "}:w:0")));
    }
}
