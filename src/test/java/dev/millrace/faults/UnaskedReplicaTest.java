package dev.millrace.faults;

import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.List;

import jakarta.inject.Inject;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;

import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;

import dev.millrace.Api;
import dev.millrace.http.problem.ErrorCode;
import dev.millrace.redis.RedisUnavailableException;
import dev.millrace.settings.DefinitionKind;
import dev.millrace.settings.Definitions;
import dev.millrace.settings.DefinitionsFactory;

/** A replica that nobody has asked for a tenant's definitions knows them when Redis stops. */
@QuarkusTest
@WithTestResource(FaultyRedis.class)
class UnaskedReplicaTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final DefinitionKind<JsonNode, JsonNode> POLICIES = new DefinitionKind<>("Policy", "rl", "~policies",
            1000, JsonNode.class, definition -> List.of(), (name, definition) -> definition,
            new DefinitionKind.Errors(ErrorCode.POLICY_UNKNOWN, "", ErrorCode.POLICY_LIMIT, ""));

    @Inject
    DefinitionsFactory factory;

    @AfterEach
    void heal() {
        FaultyRedis.server.start();
        await().atMost(TIMEOUT).until(() -> given().get("/v1/ratelimit/policies").statusCode() == 200);
    }

    @Test
    void knowsTheDefinitionsOfEveryTenantWhenRedisStops() {
        given().contentType(ContentType.JSON)
                .body(Api.json("{'algorithm':'fixed-window','limit':7,'window':'1h','failMode':'closed'}"))
                .put("/v1/ratelimit/policies/unasked").then().statusCode(201);
        Definitions<JsonNode, JsonNode> unasked = factory.of(POLICIES);
        unasked.loadSpares(List.of("main", "empty")).await().atMost(TIMEOUT);
        assertNull(unasked.known("main", "unasked"), "it is asked for nothing, so Redis decides what is in force");
        FaultyRedis.server.kill();

        assertEquals(7, unasked.get("main", "unasked").await().atMost(TIMEOUT).path("limit").intValue());
        for (String tenant : List.of("main", "empty", "never-seen")) {
            assertThrows(RedisUnavailableException.class,
                    () -> unasked.require(tenant, "unknown").await().atMost(TIMEOUT), "it cannot know " + tenant);
        }
        assertThrows(RedisUnavailableException.class,
                () -> unasked.loadSpares(List.of("main")).await().atMost(TIMEOUT));
        assertEquals(7, unasked.get("main", "unasked").await().atMost(TIMEOUT).path("limit").intValue());
    }
}
