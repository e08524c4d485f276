package dev.millrace.ratelimit;

import static dev.millrace.Api.LIMITER;
import static dev.millrace.Api.as;
import static dev.millrace.Api.json;
import static dev.millrace.Api.policy;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;

/**
 * Guarantees under hundreds of requests at a time: exactly the limit is admitted, neither one more nor one fewer, by every
 * algorithm and with or without a body; leases likewise; and an atomic list charges its limits alike.
 */
@QuarkusTest
class RateLimitConcurrencyTest {

    private static final int AT_ONCE = 64;

    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @ParameterizedTest
    @ValueSource(strings = {"sliding-window", "sliding-window-counter", "fixed-window", "token-bucket"})
    void exactlyTheLimitIsAdmitted(String algorithm) {
        // A token bucket goes on refilling: so slowly that not a single token comes back meanwhile.
        String policy = policy("{'algorithm':'" + algorithm + "','limit':100,'window':'30d'}");
        String path = "/v1/ratelimit/" + policy + "/u";
        List<Integer> statuses = fire(500,
                i -> i % 2 == 0 ? post(path, BodyPublishers.noBody()) : post(path, BodyPublishers.ofString("{}")))
                .map(HttpResponse::statusCode).toList();
        assertEquals(100, count(statuses, 200));
        assertEquals(400, count(statuses, 429));
    }

    @Test
    void exactlyTheLimitOfLeasesIsGiven() {
        String policy = policy("{'algorithm':'concurrency','limit':10,'window':'1h'}");
        String path = "/v1/ratelimit/" + policy + "/u/leases";
        List<Integer> statuses = fire(200, i -> post(path, BodyPublishers.noBody())).map(HttpResponse::statusCode)
                .toList();
        assertEquals(10, count(statuses, 201));
        assertEquals(190, count(statuses, 429));
    }

    @Test
    void anAtomicListChargesItsLimitsAlike() {
        String wide = policy("fixed-window", 1000);
        String narrow = policy("sliding-window", 150);
        String item = "{'policy':'%s','identifier':'u'}";
        String forth = json("{'atomic':true,'checks':[" + item.formatted(wide) + "," + item.formatted(narrow) + "]}");
        String back = json("{'atomic':true,'checks':[" + item.formatted(narrow) + "," + item.formatted(wide) + "]}");
        long admitted = fire(400,
                i -> post("/v1/ratelimit/check", BodyPublishers.ofString(i % 2 == 0 ? forth : back)))
                .filter(response -> response.body().contains(json("{'allowed':true,'results'"))).count();
        assertEquals(150, admitted);
        as(LIMITER).get("/v1/ratelimit/{policy}/u", narrow).then().body("remaining", equalTo(0));
        as(LIMITER).get("/v1/ratelimit/{policy}/u", wide).then().body("remaining", equalTo(850));
    }

    private interface Requests {
        HttpRequest number(int i);
    }

    private Stream<HttpResponse<String>> fire(int count, Requests requests) {
        Semaphore places = new Semaphore(AT_ONCE);
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            places.acquireUninterruptibly();
            answers.add(client.sendAsync(requests.number(i), BodyHandlers.ofString())
                    .whenComplete((response, failure) -> places.release()));
        }
        return answers.stream().map(CompletableFuture::join);
    }

    private static HttpRequest post(String path, BodyPublisher body) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + RestAssured.port + path))
                .header("Authorization", "Bearer " + LIMITER).header("Content-Type", "application/json").POST(body)
                .build();
    }

    private static long count(List<Integer> statuses, int status) {
        return statuses.stream().filter(s -> s == status).count();
    }
}
