package dev.millrace.ratelimit;

import static dev.millrace.Api.LIMITER;
import static dev.millrace.Api.as;
import static dev.millrace.Api.json;
import static dev.millrace.Api.policy;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.quarkus.test.junit.QuarkusTest;

import dev.millrace.redis.RedisConversation;

/** Guarantees of what the rate limiter leaves in Redis: little, and nothing that stays for ever. */
@QuarkusTest
class FootprintTest {

    RedisConversation redis;

    @Test
    void anAdmissionOfTheExactWindowTakesTwelveBytesAtMost() {
        String policy = policy("sliding-window", 1000);
        for (int i = 0; i < 200; i++) {
            as(LIMITER, "{\"cost\":5}").post("/v1/ratelimit/{policy}/u", policy).then().statusCode(200);
        }
        long bytes = redis.number("MEMORY", "USAGE", key(policy, "log"), "SAMPLES", 0);
        assertTrue(bytes <= 12_000, bytes + " bytes for 1,000 admissions");
    }

    @ParameterizedTest
    @CsvSource({"fixed-window,win", "token-bucket,bkt", "sliding-window-counter,ctr"})
    void theOtherAlgorithmsTakeAConstant(String algorithm, String part) {
        // A year, for a bucket of a million an hour forgets a cost of 1 within 4 ms, and its key with it.
        String policy = policy("{'algorithm':'" + algorithm + "','limit':1000000,'window':'366d'}");
        for (int cost : new int[]{1, 9_999, 900_000}) {
            as(LIMITER, "{\"cost\":" + cost + "}").post("/v1/ratelimit/{policy}/u", policy).then().statusCode(200);
            long bytes = redis.number("MEMORY", "USAGE", key(policy, part));
            assertTrue(bytes <= 200, bytes + " bytes");
        }
    }

    @Test
    void aDenialAndALookLeaveNothing() {
        for (String algorithm : Histories.ALGORITHMS) {
            String policy = policy(algorithm, 1);
            as(LIMITER, "{\"cost\":2}").post("/v1/ratelimit/{policy}/u", policy).then().statusCode(429);
            as(LIMITER).get("/v1/ratelimit/{policy}/u", policy).then().statusCode(200);
            assertEquals(List.of(), redis.keys("mr:{main:rl:" + policy + "/*"));
        }
    }

    @Test
    void everyKeyButTheDefinitionsExpires() {
        List<String> policies = new ArrayList<>();
        for (String algorithm : Histories.ALGORITHMS) {
            policies.add(policy("{'algorithm':'" + algorithm + "','limit':5,'window':'1m'}"));
            policies.add(policy("{'algorithm':'" + algorithm + "','limit':3,'window':'50ms','denyPenalty':'1m'}"));
        }
        String leases = policy("{'algorithm':'concurrency','limit':3,'window':'1m'}");
        Random random = new Random(42);
        for (int i = 0; i < 300; i++) {
            String policy = policies.get(random.nextInt(policies.size()));
            String path = "/v1/ratelimit/" + policy + "/u" + random.nextInt(3);
            switch (random.nextInt(6)) {
                case 0 -> as(LIMITER).post("/v1/ratelimit/" + leases + "/u/leases");
                case 1 -> as(LIMITER).get(path);
                case 2 -> as(LIMITER, json("{'atomic':true,'checks':[{'policy':'" + policy + "','identifier':'u0'},"
                        + "{'policy':'" + policies.get(0) + "','identifier':'u1','cost':2}]}"))
                        .post("/v1/ratelimit/check");
                case 3 -> as(LIMITER, "{\"cost\":2}").post(path);
                default -> as(LIMITER).post(path);
            }
        }
        // Only its own: other tests leave jobs that wait, and those stay.
        List<String> keys = redis.keys("mr:{main:rl:*").stream().filter(key -> !key.contains(":~")).toList();
        assertFalse(keys.isEmpty());
        // -2: it has expired since.
        keys.forEach(key -> assertTrue(redis.number("PTTL", key) != -1, key));
    }

    /** The one key of that part; its name ends with the window. */
    private String key(String policy, String part) {
        List<String> keys = redis.keys("mr:{main:rl:" + policy + "/u}:" + part + "*");
        assertEquals(1, keys.size(), keys.toString());
        return keys.get(0);
    }
}
