package dev.millrace.queue;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.Api.QUEUE_READER;
import static dev.millrace.Api.WORKER;
import static dev.millrace.Api.as;
import static dev.millrace.Api.encode;
import static dev.millrace.Api.json;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.UUID;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;

/** The limits of groups over HTTP. */
@QuarkusTest
class GroupTest {

    private final String queue = "/v1/queues/g-" + UUID.randomUUID();

    private List<Integer> take() {
        return as(WORKER, json("{'max':100}")).post(queue + "/reserve").then().statusCode(200).extract()
                .path("jobs.data");
    }

    private void add(String group, int jobs) {
        for (int i = 1; i <= jobs; i++) {
            as(WORKER, json("{'type':'t','group':'" + group + "','data':" + i + "}")).post(queue + "/jobs").then()
                    .statusCode(201);
        }
    }

    @Test
    void limitsOfAGroupAndOfTheQueueHoldAtOnce() {
        add("a", 6);
        add("b", 6);
        assertEquals(List.of(1, 1), take());
        as(ADMIN, json("{'concurrency':3}")).put(queue + "/groups/a").then().statusCode(201)
                .body("group", equalTo("a")).body("concurrency", equalTo(3)).body("own", equalTo(true));
        assertEquals(List.of(2, 3), take());
        as(ADMIN, json("{'groups':{'concurrency':2,'rate':{'limit':5,'window':'1h'}}}")).put(queue).then()
                .statusCode(201).body("groups.concurrency", equalTo(2)).body("groups.rate.limit", equalTo(5));
        as(QUEUE_READER).get(queue + "/groups/b").then().statusCode(200).body("concurrency", equalTo(2))
                .body("own", equalTo(false)).body("rate.windowMs", equalTo(3_600_000)).body("behind", equalTo(4));
        as(ADMIN, json("{'concurrency':4}")).put(queue + "/groups/a").then().statusCode(200);
        assertEquals(List.of(2, 4), take(), "of b and of a");
        as(QUEUE_READER).get(queue + "/groups").then().statusCode(200).body("items.group", equalTo(List.of("a")))
                .body("nextCursor", nullValue());
        as(ADMIN).delete(queue + "/groups/a").then().statusCode(204);
        as(QUEUE_READER).get(queue + "/groups/a").then().body("own", equalTo(false)).body("concurrency", equalTo(2));
        as(ADMIN).delete(queue + "/groups/a").then().statusCode(204);
    }

    @Test
    void aListOfGroupsHasPages() {
        for (String group : List.of("c", "a", "b")) {
            as(ADMIN, json("{'rate':{'limit':1,'window':'1s'}}")).put(queue + "/groups/" + group).then()
                    .statusCode(201);
        }
        String next = as(QUEUE_READER).get(queue + "/groups?limit=2").then()
                .body("items.group", equalTo(List.of("a", "b"))).extract().path("nextCursor");
        as(QUEUE_READER).get(queue + "/groups?limit=2&cursor=" + next).then()
                .body("items.group", equalTo(List.of("c"))).body("nextCursor", nullValue());
        as(QUEUE_READER).get(queue + "/groups?limit=0").then().statusCode(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a/b", "a\"b", "é", "a?b", "a#b", "a b", "a+b", "a%2Fb", "50%", "a:b;c=d", "[x]|{y}\\^`",
            "a.b", "~", "🙂", "/", "*"})
    void theLocationOfAGroupLeadsToIt(String group) {
        String path = queue + "/groups/" + encode(group);
        String location = as(ADMIN, json("{'concurrency':3}")).urlEncodingEnabled(false).put(path).then()
                .statusCode(201).body("group", equalTo(group)).extract().header("Location");
        as(QUEUE_READER).urlEncodingEnabled(false).get(location).then().statusCode(200).body("group", equalTo(group))
                .body("concurrency", equalTo(3)).body("own", equalTo(true));
        as(QUEUE_READER).get(queue + "/groups").then().body("items.group", equalTo(List.of(group)));
        Map<String, Object> job = Map.of("type", "t", "group", group);
        as(WORKER).contentType(ContentType.JSON).body(Map.of("jobs", List.of(job, job))).post(queue + "/jobs").then()
                .statusCode(201);
        as(WORKER, json("{'max':9}")).post(queue + "/reserve").then().body("jobs.size()", equalTo(2));
        as(ADMIN).urlEncodingEnabled(false).delete(location).then().statusCode(204);
        as(QUEUE_READER).get(queue + "/groups").then().body("items", equalTo(List.of()));
    }

    @Test
    void aStepInAPathIsNoGroup() {
        for (String step : List.of("%2E", "%2E%2E", ".", "..")) {
            as(ADMIN, json("{'concurrency':3}")).urlEncodingEnabled(false).put(queue + "/groups/" + step).then()
                    .statusCode(400);
        }
    }

    @Test
    void whatIsOutOfBoundsIsRefused() {
        for (String bad : List.of("{'concurrency':0}", "{'concurrency':101}", "{'rate':{'limit':1}}",
                "{'rate':{'limit':0,'window':'1s'}}", "{'paused':true}", "{'weight':2}")) {
            as(ADMIN, json(bad)).put(queue + "/groups/a").then().statusCode(400);
            as(ADMIN, json("{'groups':" + bad + "}")).put(queue).then().statusCode(400);
        }
        as(WORKER, json("{'concurrency':1}")).put(queue + "/groups/a").then().statusCode(403);
        as(WORKER).delete(queue + "/groups/a").then().statusCode(403);
    }
}
