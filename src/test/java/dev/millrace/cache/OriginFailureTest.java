package dev.millrace.cache;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.Api.as;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.quarkus.test.junit.QuarkusTest;

import dev.millrace.cache.StubOrigin.Answer;

/** A region outlives the failures of its origin, and says what the origin did wrong. */
@QuarkusTest
class OriginFailureTest extends OriginFixture {

    @ParameterizedTest
    @ValueSource(ints = {206, 500, 502, 503, 504})
    void whatIsNoAnswerIsAFailure(int status) {
        define("");
        origin.on("bad", Answer.status(status, "Location", "http://127.0.0.1:1/"));
        read("bad").then().statusCode(502).contentType("application/problem+json")
                .body("code", equalTo("origin-failed"))
                .body("detail", containsString(Integer.toString(status)));
        assertEquals(1, origin.count("bad"));
    }

    @Test
    void onErrorTheOldOneIsServedWithinItsBound() {
        define("");
        origin.on("sie", (times, exchange) -> times == 1
                ? Answer.ok("good", "Cache-Control", "max-age=1, stale-if-error=3600")
                : Answer.status(500));
        read("sie").then().body(equalTo("good"));
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> read("sie").then().statusCode(200).body(equalTo("good"))
                        .header("Cache-Status", containsString("stale-if-error")));
        origin.on("bounded", (times, exchange) -> times == 1
                ? Answer.ok("good", "Cache-Control", "max-age=1, stale-if-error=1")
                : Answer.status(500));
        read("bounded").then().body(equalTo("good"));
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> read("bounded").then().statusCode(502));
    }

    @Test
    void anAnswer304ThatNobodyAskedForIsAFailure() {
        define("");
        origin.on("odd", Answer.status(304));
        read("odd").then().statusCode(502).body("detail", containsString("304"));
        assertEquals(1, origin.count("odd"));
    }

    @Test
    void garbageThatIsPassedOnIsAFailureToo() {
        define("");
        origin.on("bad", Answer.ok("not gzip", "Content-Encoding", "gzip", "Cache-Control", "no-store"));
        for (int i = 0; i < 2; i++) {
            as(ADMIN).config(io.restassured.RestAssured.config().decoderConfig(
                    io.restassured.config.DecoderConfig.decoderConfig().noContentDecoders()))
                    .get("/v1/cache/{region}/bad", region).then().statusCode(502)
                    .body("code", equalTo("origin-failed"));
        }
    }

    @Test
    void aBodyOverTheBoundIsAFailure() {
        define(",'maxValueBytes':1000");
        origin.on("big", new Answer(200, new byte[1001]));
        read("big").then().statusCode(502).body("detail", containsString("1000 bytes"));
        origin.on("fits", new Answer(200, new byte[1000]));
        assertEquals(1000, read("fits").then().statusCode(200).extract().asByteArray().length);
    }

    /** Takes as long as the default time-out. */
    @Test
    void anOriginThatDoesNotAnswerIsAFailure() {
        define("");
        CountDownLatch never = new CountDownLatch(1);
        origin.on("hangs", (times, exchange) -> {
            never.await();
            return Answer.status(500);
        });
        read("hangs").then().statusCode(502).body("code", equalTo("origin-failed"))
                .body("detail", containsString("did not answer within 4000 ms"));
        never.countDown();
    }

    @Test
    void garbageIsAFailure() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Thread thread = new Thread(() -> {
                try (Socket socket = server.accept()) {
                    socket.getInputStream().read();
                    socket.getOutputStream().write("garbage\r\n\r\n".getBytes(UTF_8));
                } catch (IOException e) {
                    // The test sees that there was no answer.
                }
            });
            thread.start();
            as(ADMIN, "{\"origin\":\"http://127.0.0.1:" + server.getLocalPort() + "/{key}\"}")
                    .put("/v1/cache/regions/" + region).then().statusCode(201);
            read("x").then().statusCode(502).body("code", equalTo("origin-failed"));
            thread.join();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"169.254.169.254", "[fd00:ec2::254]", "0.0.0.0", "2852039166"})
    void noOriginIsAtSuchAnAddress(String host) {
        as(ADMIN, "{\"origin\":\"http://" + host + "/{key}\"}").put("/v1/cache/regions/" + region).then()
                .statusCode(201);
        read("x").then().statusCode(502).body("code", equalTo("origin-failed"))
                .body("detail", containsString("set millrace.cache.origin.allow-any-address to allow it"));
    }

    @Test
    void aBodyOf10MegabytesIsAFailureByDefault() {
        define("");
        origin.on("huge", new Answer(200, new byte[10_000_000]));
        read("huge").then().statusCode(502).body("detail", containsString("8388608 bytes"));
    }

    @Test
    void anOriginThatBreaksOffIsAFailure() {
        define("");
        origin.on("broken", (times, exchange) -> {
            throw new IllegalStateException("broken off");
        });
        read("broken").then().statusCode(502);
        origin.close();
        read("gone").then().statusCode(502);
    }
}
