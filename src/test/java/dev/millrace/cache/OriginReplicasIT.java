package dev.millrace.cache;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.Api.as;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.junit.jupiter.api.Test;

import io.quarkus.test.junit.QuarkusIntegrationTest;
import io.restassured.RestAssured;

import dev.millrace.SecondReplica;
import dev.millrace.cache.StubOrigin.Answer;
import dev.millrace.redis.RedisConversation;

/** Of all replicas one asks the origin. */
@QuarkusIntegrationTest
class OriginReplicasIT {

    RedisConversation redis;

    @Test
    void manyReadersOnTwoReplicasAreOneRequest() throws Exception {
        String region = "two-" + UUID.randomUUID();
        ExecutorService clients = Executors.newFixedThreadPool(200);
        CountDownLatch all = new CountDownLatch(1);
        try (StubOrigin origin = new StubOrigin(); SecondReplica second = new SecondReplica(redis.port())) {
            as(ADMIN, "{\"origin\":\"" + origin.template() + "\"}").put("/v1/cache/regions/" + region).then()
                    .statusCode(201);
            origin.on("cold", (times, exchange) -> {
                all.await();
                return Answer.ok("one");
            });
            int[] ports = {RestAssured.port, second.port()};
            List<Future<String>> answers = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                int port = ports[i % 2];
                answers.add(clients.submit(() -> as(ADMIN).port(port).get("/v1/cache/{region}/cold", region).then()
                        .statusCode(200).extract().asString()));
            }
            await().atMost(Duration.ofSeconds(20)).until(() -> origin.count("cold") == 1);
            all.countDown();
            for (Future<String> answer : answers) {
                assertEquals("one", answer.get());
            }
            assertEquals(1, origin.count("cold"));
        } finally {
            clients.shutdownNow();
        }
    }
}
