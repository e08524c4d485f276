package dev.millrace.session;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.Api.as;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;

import java.util.UUID;

import org.junit.jupiter.api.Test;

import io.quarkus.test.junit.QuarkusTest;

import dev.millrace.redis.RedisConversation;

/** Where Redis has lost one of a user's two keys, ending all still ends all, and no call fails. */
@QuarkusTest
class SessionLossTest {

    private final String user = "lost-" + UUID.randomUUID();
    private final String sessions = "/v1/users/" + user + "/sessions";

    RedisConversation redis;

    @Test
    void withoutTheIndexRevokingAllEndsAll() {
        String token = create();
        redis.call("DEL", key("si:"));
        as(ADMIN).header("Session-Token", token).get("/v1/sessions/current").then().statusCode(200);
        as(ADMIN).delete(sessions).then().statusCode(204);
        as(ADMIN).header("Session-Token", token).get("/v1/sessions/current").then().statusCode(401);
    }

    @Test
    void withoutTheIndexRevokingAllButOneKeepsThatOne() {
        String lost = create();
        redis.call("DEL", key("si:"));
        String kept = create();
        String id = as(ADMIN).header("Session-Token", kept).get("/v1/sessions/current").path("id");
        as(ADMIN).delete(sessions + "?except=" + id).then().statusCode(204);
        as(ADMIN).header("Session-Token", lost).get("/v1/sessions/current").then().statusCode(401);
        as(ADMIN).header("Session-Token", kept).get("/v1/sessions/current").then().statusCode(200);
        as(ADMIN).get(sessions).then().statusCode(200).body("items", hasSize(1));
    }

    @Test
    void withoutTheRecordsNoneIsListed() {
        String token = create();
        redis.call("DEL", key("s:"));
        as(ADMIN).get(sessions).then().statusCode(200).body("items", empty());
        as(ADMIN).header("Session-Token", token).get("/v1/sessions/current").then().statusCode(401);
        create();
        as(ADMIN).get(sessions).then().statusCode(200).body("items", hasSize(1));
        as(ADMIN).delete(sessions).then().statusCode(204);
        as(ADMIN).get(sessions).then().statusCode(200).body("items.size()", equalTo(0));
    }

    private String create() {
        return as(ADMIN, "{\"userId\":\"" + user + "\"}").post("/v1/sessions").then().statusCode(201).extract()
                .path("token");
    }

    private String key(String part) {
        return redis.keys("mr:{main:user:*}:" + part + dev.millrace.user.UserKey.of(user).hash()).get(0);
    }
}
