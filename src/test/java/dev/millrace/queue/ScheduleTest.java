package dev.millrace.queue;

import static dev.millrace.Api.WORKER;
import static dev.millrace.Api.as;
import static dev.millrace.Api.json;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

import org.junit.jupiter.api.Test;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;

import dev.millrace.redis.RedisConversation;

/** Recurring jobs: when they fire, and what a put, an outage and the clock do to them. */
@QuarkusTest
class ScheduleTest {

    private final String name = "s-" + UUID.randomUUID();
    private final String queue = "/v1/queues/" + name;
    private final String due = "mr:{main:q:" + name + "}:due";

    RedisConversation redis;

    private ValidatableResponse put(String schedule) {
        return as(WORKER, json(schedule)).put(queue + "/schedules/s").then();
    }

    private String next() {
        return as(WORKER).get(queue + "/schedules/s").then().statusCode(200).extract().path("nextAt");
    }

    private List<String> taken(int atLeast) {
        List<String> all = new ArrayList<>();
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            all.addAll(as(WORKER, json("{'max':100}")).post(queue + "/reserve").path("jobs.scheduledFor"));
            return all.size() >= atLeast;
        });
        return all;
    }

    @Test
    void everyOccurrenceIsEnqueuedForItsTime() {
        long first = Instant.parse(put("{'every':'1s','job':{'type':'t'}}").statusCode(201).extract().path("nextAt"))
                .toEpochMilli();
        List<String> taken = taken(4);
        for (int i = 0; i < taken.size(); i++) {
            assertEquals(first + i * 1000L, Instant.parse(taken.get(i)).toEpochMilli(), taken::toString);
        }
        as(WORKER).delete(queue + "/schedules/s").then().statusCode(204);
    }

    @Test
    void theLatestMissedOccurrencesAreEnqueued() {
        put("{'every':'1h','catchUp':3,'job':{'type':'t','data':{'n':1}}}").statusCode(201).body("catchUp", equalTo(3));
        long at = Instant.parse(next()).toEpochMilli() - 3_600_000;
        redis.call("ZADD", due, Long.toString(at - 9 * 3_600_000), "s");
        assertEquals(List.of(at - 7_200_000, at - 3_600_000, at),
                taken(3).stream().map(t -> Instant.parse(t).toEpochMilli()).toList());
        assertEquals(at + 3_600_000, Instant.parse(next()).toEpochMilli());
    }

    @Test
    void tenMissedOccurrencesAreEnqueuedByDefault() {
        put("{'cron':'0 * * * *','job':{'type':'t'}}").statusCode(201).body("catchUp", equalTo(10));
        long at = Instant.parse(next()).toEpochMilli();
        redis.call("ZADD", due, Long.toString(at - 30 * 3_600_000L), "s");
        List<String> taken = taken(10);
        assertEquals(10, taken.size());
        assertEquals(Instant.ofEpochMilli(at - 3_600_000), Instant.parse(taken.get(9)));
    }

    @Test
    void aPutThatChangesNothingKeepsTheNextOccurrence() {
        String first = put("{'every':'60m','job':{'type':'t'}}").statusCode(201).extract().path("nextAt");
        put("{'every':'60m','job':{'type':'t'}}").statusCode(200).body("nextAt", equalTo(first));
        put("{'every':'1h','job':{'type':'t'}}").statusCode(200).body("nextAt", equalTo(first));
        put("{'every':3600000,'job':{'type':'other'}}").statusCode(200).body("nextAt", equalTo(first));
        put("{'every':'PT1H','catchUp':1,'job':{'type':'t'}}").statusCode(200).body("nextAt", equalTo(first));
        String sooner = put("{'every':'30m','job':{'type':'t'}}").statusCode(200).extract().path("nextAt");
        assertEquals(Instant.parse(first).minus(Duration.ofMinutes(30)), Instant.parse(sooner));
    }

    /** The round of the schedules may come before the change, and enqueues the occurrence of the old one then. */
    @Test
    void aChangedScheduleKeepsAnOccurrenceThatIsDue() {
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            put("{'cron':'@yearly','job':{'type':'old'}}");
            redis.call("ZADD", due, "1000", "s");
            put("{'cron':'0 0 2 1 *','job':{'type':'new'}}").statusCode(200);
            List<String> types = new ArrayList<>();
            await().atMost(Duration.ofSeconds(30)).until(() -> {
                types.addAll(as(WORKER, json("{'max':100}")).post(queue + "/reserve").path("jobs.type"));
                return types.size() >= 10;
            });
            assertEquals(10, types.size(), "ten of the years since 1970");
            return new TreeSet<>(types).equals(Set.of("new"));
        });
    }

    /** More than are read at once, and some that cannot be read before them. */
    @Test
    void allThatAreDueAreEnqueuedInOneRound() {
        for (int i = 0; i < 250; i++) {
            as(WORKER, json("{'cron':'@yearly','catchUp':1,'job':{'type':'t','data':" + i + "}}"))
                    .put(queue + "/schedules/s" + i).then().statusCode(201);
        }
        for (int i = 0; i < 120; i++) {
            redis.call("HSET", due.replace(":due", ":schedules"), "bad" + i, "nonsense");
            redis.call("ZADD", due, "500", "bad" + i);
        }
        Object[] all = new Object[2 + 2 * 250];
        all[0] = "ZADD";
        all[1] = due;
        for (int i = 0; i < 250; i++) {
            all[2 + 2 * i] = Long.toString(1000 + i);
            all[3 + 2 * i] = "s" + i;
        }
        redis.call(all);
        List<Integer> data = new ArrayList<>();
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            data.addAll(as(WORKER, json("{'max':100}")).post(queue + "/reserve").path("jobs.data"));
            return data.size() >= 250;
        });
        assertEquals(250, data.size());
        assertEquals(250, new TreeSet<>(data).size());
        assertEquals(120L, redis.call("ZCOUNT", due, "-inf", "500"),
                "they stay, in case a later version can read them");
        redis.call("DEL", due);
    }

    @Test
    void aScheduleWhoseNextOccurrenceIsTooFarAheadIsPutRight() {
        put("{'every':'1s','job':{'type':'t'}}").statusCode(201);
        long far = System.currentTimeMillis() + 9_000_000;
        redis.call("ZADD", due, Long.toString(far), "s");
        assertTrue(Instant.parse(taken(1).get(0)).toEpochMilli() < far - 8_000_000);
    }

    @Test
    void catchUpIsBounded() {
        put("{'every':'1s','catchUp':0,'job':{'type':'t'}}").statusCode(400).body("violations[0].field",
                equalTo("catchUp"));
        put("{'every':'1s','catchUp':1001,'job':{'type':'t'}}").statusCode(400);
        put("{'every':'1d','catchUp':1000,'job':{'type':'t'}}").statusCode(201).body("catchUp", greaterThan(999));
    }
}
