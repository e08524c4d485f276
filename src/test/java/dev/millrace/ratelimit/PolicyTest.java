package dev.millrace.ratelimit;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.Api.LIMITER;
import static dev.millrace.Api.OTHER;
import static dev.millrace.Api.READER;
import static dev.millrace.Api.as;
import static dev.millrace.Api.encode;
import static dev.millrace.Api.json;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;

import dev.millrace.Api;
import dev.millrace.redis.RedisConversation;

/**
 * Guarantees of the life of a policy: defined, read, replaced, listed by pages, deleted; in force at once where it was
 * defined, and soon where it was defined through another replica.
 */
@QuarkusTest
class PolicyTest {

    private static final String POLICIES = "/v1/ratelimit/policies/{policy}";

    RedisConversation redis;

    @Test
    void isCreatedReadReplacedAndDeleted() {
        String name = "life-" + UUID.randomUUID();
        as(ADMIN).get(POLICIES, name).then().statusCode(404).body("code", equalTo("policy-unknown"));
        put(name, "{'algorithm':'sliding-window','limit':5,'window':'1m'}").then().statusCode(201)
                .header("Location", endsWith("/v1/ratelimit/policies/" + name)).body("policy", equalTo(name))
                .body("algorithm", equalTo("sliding-window")).body("limit", equalTo(5))
                .body("windowMs", equalTo(60_000)).body("burst", nullValue()).body("failMode", equalTo("open"))
                .body("denyPenaltyMs", equalTo(0)).body("shadow", equalTo(false)).body("source", equalTo("api"));
        put(name, "{'algorithm':'token-bucket','limit':7,'window':'PT2S','burst':9,'failMode':'closed',"
                + "'denyPenalty':1500,'shadow':true}").then().statusCode(200);
        as(READER).get(POLICIES, name).then().statusCode(200).contentType("application/json")
                .body("algorithm", equalTo("token-bucket")).body("limit", equalTo(7)).body("windowMs", equalTo(2000))
                .body("burst", equalTo(9)).body("failMode", equalTo("closed")).body("denyPenaltyMs", equalTo(1500))
                .body("shadow", equalTo(true));
        as(LIMITER).delete(POLICIES, name).then().statusCode(403);
        as(ADMIN).delete(POLICIES, name).then().statusCode(204);
        as(ADMIN).delete(POLICIES, name).then().statusCode(404).body("code", equalTo("policy-unknown"));
        as(LIMITER).post("/v1/ratelimit/{policy}/u", name).then().statusCode(404);
    }

    @Test
    void aReplacementKeepsWhatWasConsumed() {
        String name = "kept-" + UUID.randomUUID();
        put(name, "{'algorithm':'fixed-window','limit':5,'window':'1h'}").then().statusCode(201);
        as(LIMITER, "{\"cost\":4}").post("/v1/ratelimit/{policy}/u", name).then().body("remaining", equalTo(1));
        put(name, "{'algorithm':'fixed-window','limit':3,'window':'1h'}").then().statusCode(200);
        as(LIMITER).post("/v1/ratelimit/{policy}/u", name).then().statusCode(429).body("remaining", equalTo(0));
        put(name, "{'algorithm':'fixed-window','limit':6,'window':'1h'}").then().statusCode(200);
        as(LIMITER).post("/v1/ratelimit/{policy}/u", name).then().statusCode(200).body("remaining", equalTo(1));
    }

    @Test
    void followsWhatOtherReplicasDo() throws IOException {
        String name = "followed-" + UUID.randomUUID();
        elsewhere("put-2", name, json("{'algorithm':'fixed-window','limit':5,'window':3600000}"), "1000");
        as(LIMITER).post("/v1/ratelimit/{policy}/u", name).then().statusCode(200).body("limit", equalTo(5));
        elsewhere("put-2", name, json("{'algorithm':'fixed-window','limit':9,'window':3600000}"), "1000");
        await().until(() -> as(LIMITER).get("/v1/ratelimit/{policy}/u", name).path("limit").equals(9));
        elsewhere("delete-2", name);
        await().until(() -> as(LIMITER).get("/v1/ratelimit/{policy}/u", name).statusCode() == 404);
    }

    @Test
    void isListedByPagesInOrderOfName() {
        String prefix = "page-" + UUID.randomUUID() + "-";
        for (int i = 0; i < 5; i++) {
            put(prefix + i, "{'algorithm':'fixed-window','limit':1,'window':'1m'}").then().statusCode(201);
        }
        List<String> seen = new ArrayList<>();
        String cursor = null;
        do {
            Response page = as(READER).queryParam("limit", 2).queryParam("cursor", cursor == null ? "" : cursor)
                    .get("/v1/ratelimit/policies");
            List<String> names = page.then().statusCode(200).extract().path("items.policy");
            cursor = page.path("nextCursor");
            assertEquals(cursor == null, names.size() < 2 || !page.asString().contains("nextCursor"));
            seen.addAll(names);
        } while (cursor != null);
        assertEquals(seen.stream().sorted().distinct().toList(), seen);
        assertEquals(5, seen.stream().filter(name -> name.startsWith(prefix)).count());
        as(READER).get("/v1/ratelimit/policies?limit=500").then().statusCode(200)
                .body("items.policy", hasItem(prefix + 0)).body("nextCursor", nullValue());
        as(READER).get("/v1/ratelimit/policies?limit=1").then().body("items", hasSize(1));
        as(OTHER).get("/v1/ratelimit/policies?limit=500").then().statusCode(200)
                .body("items.policy", not(hasItem(prefix + 0)));
    }

    @Test
    void reservedAndMalformedNamesAreRefused() {
        for (String name : List.of("policies", "check", "a b", "a:b", "{a}", "ä", "x".repeat(65))) {
            put(name, "{'algorithm':'fixed-window','limit':1,'window':'1m'}").then().statusCode(400)
                    .body("code", equalTo("invalid-request")).body("violations.field", contains("policy"));
        }
        for (String name : List.of("a", "A.b_c-9", "x".repeat(64))) {
            put(name, "{'algorithm':'fixed-window','limit':1,'window':'1m'}").then().statusCode(201);
            as(ADMIN).delete(POLICIES, name).then().statusCode(204);
        }
    }

    @Test
    void durationsAreTakenInAllForms() {
        String name = "forms-" + UUID.randomUUID();
        String[][] forms = {{"'250ms'", "250"}, {"'30s'", "30000"}, {"'15m'", "900000"}, {"'2h'", "7200000"},
                {"'7d'", "604800000"}, {"'PT1.5S'", "1500"}, {"1", "1"}, {"31622400000", "31622400000"}};
        for (String[] form : forms) {
            put(name, "{'algorithm':'fixed-window','limit':1,'window':" + form[0] + "}").then()
                    .body("windowMs.toString()", equalTo(form[1]));
        }
    }

    private static Response put(String name, String definition) {
        return as(ADMIN, json(definition)).urlEncodingEnabled(false)
                .put("/v1/ratelimit/policies/" + encode(name));
    }

    /** Does what another replica would. */
    private void elsewhere(String script, String... args) throws IOException {
        String path = "lua/settings/" + script + ".lua";
        try (InputStream in = Thread.currentThread().getContextClassLoader().getResourceAsStream(path)) {
            String policies = "mr:{main:rl:~policies}:";
            List<Object> command = new ArrayList<>(List.of("EVAL",
                    new String(in.readAllBytes(), StandardCharsets.UTF_8), 2, policies + "all", policies + "version"));
            command.addAll(List.of(args));
            redis.call(command.toArray());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sliding-window", "sliding-window-counter", "fixed-window", "token-bucket"})
    void anotherWindowStartsAnew(String algorithm) {
        String policy = Api.policy(algorithm, 2);
        for (int status : new int[]{200, 200, 429}) {
            as(LIMITER).post("/v1/ratelimit/{policy}/u", policy).then().statusCode(status);
        }
        as(ADMIN, json("{'algorithm':'" + algorithm + "','limit':2,'window':'2h'}"))
                .put("/v1/ratelimit/policies/{policy}", policy).then().statusCode(200);
        for (int status : new int[]{200, 200, 429}) {
            as(LIMITER).post("/v1/ratelimit/{policy}/u", policy).then().statusCode(status);
        }
    }
}
