package dev.millrace.session;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.Api.as;
import static dev.millrace.session.Sessions.CURRENT;
import static dev.millrace.session.Sessions.OF_USER;
import static dev.millrace.session.Sessions.ROTATE;
import static dev.millrace.session.Sessions.SESSIONS;
import static dev.millrace.session.Sessions.look;
import static dev.millrace.session.Sessions.open;
import static dev.millrace.session.Sessions.user;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntFunction;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.path.json.JsonPath;

import dev.millrace.redis.RedisConversation;
import dev.millrace.user.Owner;
import dev.millrace.user.RecordKind;
import dev.millrace.user.UserKey;

/**
 * Guarantees under many requests at a time: a log-out is final, whatever races with it; no patch undoes another; of patches
 * from one version, and of rotations of one token, exactly one wins; and a user never has more sessions than allowed.
 */
@QuarkusTest
class SessionConcurrencyTest {

    private static final int AT_ONCE = 64;

    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    RedisConversation redis;

    @RepeatedTest(5)
    void nothingRevivesWhatWasLoggedOut() {
        String user = user();
        String token = open(user, "'idle':'10s'");
        AtomicBoolean loggedOut = new AtomicBoolean();
        ConcurrentLinkedQueue<Integer> late = new ConcurrentLinkedQueue<>();
        List<HttpResponse<String>> answers = fire(400, i -> {
            boolean after = loggedOut.get();
            HttpRequest request = i == 150
                    ? request(CURRENT, token).DELETE().build()
                    : i % 2 == 0 ? request(CURRENT, token).build() : patch(token, "{\"n" + i + "\":" + i + "}", null);
            return client.sendAsync(request, BodyHandlers.ofString()).whenComplete((answer, failure) -> {
                if (i == 150) {
                    loggedOut.set(true);
                } else if (after && answer != null) {
                    late.add(answer.statusCode());
                }
            });
        });
        assertEquals(204, answers.remove(150).statusCode());
        answers.forEach(answer -> assertTrue(answer.statusCode() == 200 || answer.statusCode() == 401
                && answer.body().contains("session-invalid"), answer.body()));
        assertTrue(count(answers, 200) > 0 && !late.isEmpty(), "some came before, some after");
        assertTrue(late.stream().allMatch(status -> status == 401), () -> "after the log-out had answered: " + late);
        look(token).then().statusCode(401);
        requireNothingOf(user);
    }

    private void requireNothingOf(String user) {
        Owner owner = new Owner("main", RecordKind.SESSION, UserKey.of(user));
        assertEquals(0, redis.number("EXISTS", owner.records(), owner.index()));
        assertNull(redis.call("ZSCORE", owner.keys().get(2), "s:" + owner.user().hash()));
    }

    @Test
    void patchesOfDifferentMembersAllSurvive() {
        String token = open(user(), "'data':{'kept':{'a':1}}");
        List<HttpResponse<String>> answers = fire(100, i -> send(i % 2 == 0
                ? patch(token, "{\"n" + i + "\":" + i + "}", null)
                : patch(token, "{\"kept\":{\"n" + i + "\":" + i + "}}", null)));
        assertEquals(100, count(answers, 200));
        JsonPath session = look(token).jsonPath();
        assertEquals(101, session.getInt("version"));
        Map<String, Object> data = session.getMap("data");
        Map<String, Object> kept = session.getMap("data.kept");
        for (int i = 0; i < 100; i++) {
            assertEquals(i, (i % 2 == 0 ? data : kept).get("n" + i));
        }
        assertEquals(List.of(51, 51), List.of(data.size(), kept.size()));
    }

    @Test
    void ofPatchesFromOneVersionExactlyOneWins() {
        String token = open(user());
        List<HttpResponse<String>> answers = fire(100, i -> send(patch(token, "{\"winner\":" + i + "}", "\"1\"")));
        assertEquals(1, count(answers, 200));
        assertEquals(99, count(answers, 412));
        JsonPath session = look(token).jsonPath();
        assertEquals(2, session.getInt("version"));
        assertEquals(200, answers.get(session.getInt("data.winner")).statusCode());
    }

    @Test
    void allRotationsOfOneTokenAgreeOnItsSuccessor() {
        String token = open(user());
        List<HttpResponse<String>> answers = fire(100,
                i -> send(request(ROTATE, token).POST(BodyPublishers.ofString("{\"grace\":\"10m\"}")).build()));
        assertEquals(100, count(answers, 200));
        List<String> successors = answers.stream().map(answer -> JsonPath.from(answer.body()).getString("token"))
                .distinct().toList();
        assertEquals(1, successors.size());
        look(token).then().statusCode(200);
        look(successors.get(0)).then().statusCode(200);
    }

    @Test
    void withoutGraceOneRotationOfATokenWins() {
        String token = open(user());
        List<HttpResponse<String>> answers = fire(100,
                i -> send(request(ROTATE, token).POST(BodyPublishers.ofString("{\"grace\":0}")).build()));
        assertEquals(1, count(answers, 200));
        assertEquals(99, count(answers, 401));
        look(token).then().statusCode(401);
        String winner = answers.stream().filter(answer -> answer.statusCode() == 200).findAny().orElseThrow().body();
        look(JsonPath.from(winner).getString("token")).then().statusCode(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"reject", "evict-oldest"})
    void noUserHasMoreSessionsThanAllowed(String onLimit) {
        String user = user();
        String body = "{\"userId\":\"" + user + "\",\"maxPerUser\":10,\"onLimit\":\"" + onLimit + "\"}";
        String list = OF_USER.replace("{userId}", user) + "?limit=500";
        List<HttpResponse<String>> answers = fire(150, i -> send(i % 3 == 0
                ? request(list, null).build()
                : request(SESSIONS, null).POST(BodyPublishers.ofString(body)).build()));
        int created = onLimit.equals("reject") ? 10 : 100;
        assertEquals(created, count(answers, 201));
        assertEquals(100 - created, count(answers, 409));
        answers.stream().filter(answer -> answer.statusCode() == 200)
                .forEach(answer -> assertTrue(sessions(answer).size() <= 10, answer.body()));
        assertEquals(10, Sessions.idsOf(user).size());
        long alive = answers.stream().filter(answer -> answer.statusCode() == 201)
                .filter(answer -> look(JsonPath.from(answer.body()).getString("token")).statusCode() == 200).count();
        assertEquals(10, alive);
    }

    @Test
    void whoeverWasLetInBeforeAllAreRevokedIsOut() {
        String user = user();
        String body = "{\"userId\":\"" + user + "\"}";
        String all = OF_USER.replace("{userId}", user);
        List<HttpResponse<String>> answers = fire(100,
                i -> send(i == 50
                        ? request(all, null).DELETE().build()
                        : request(SESSIONS, null).POST(BodyPublishers.ofString(body)).build()));
        assertEquals(99, count(answers, 201));
        assertEquals(204, answers.remove(50).statusCode());
        List<String> alive = answers.stream().map(answer -> JsonPath.from(answer.body()))
                .filter(opened -> look(opened.getString("token")).statusCode() == 200)
                .map(opened -> opened.getString("session.id")).sorted().toList();
        assertEquals(alive, as(ADMIN).queryParam("limit", 500).get(all).<List<String>>path("items.id").stream()
                .sorted().toList(), "a token works if, and only if, its session is listed");
    }

    private static List<?> sessions(HttpResponse<String> page) {
        return JsonPath.from(page.body()).getList("items");
    }

    private CompletableFuture<HttpResponse<String>> send(HttpRequest request) {
        return client.sendAsync(request, BodyHandlers.ofString());
    }

    /** All the answers, in order of the requests. */
    private static List<HttpResponse<String>> fire(int count,
            IntFunction<CompletableFuture<HttpResponse<String>>> requests) {
        Semaphore places = new Semaphore(AT_ONCE);
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            places.acquireUninterruptibly();
            answers.add(requests.apply(i).whenComplete((answer, failure) -> places.release()));
        }
        return new ArrayList<>(answers.stream().map(CompletableFuture::join).toList());
    }

    private static HttpRequest patch(String token, String data, String ifMatch) {
        HttpRequest.Builder request = request(CURRENT, token).method("PATCH",
                BodyPublishers.ofString("{\"data\":" + data + "}"));
        return ifMatch == null ? request.build() : request.header("If-Match", ifMatch).build();
    }

    private static HttpRequest.Builder request(String path, String token) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + RestAssured.port + path))
                .header("Authorization", "Bearer " + ADMIN).header("Content-Type", "application/json");
        return token == null ? request : request.header("Session-Token", token);
    }

    private static long count(List<HttpResponse<String>> answers, int status) {
        return answers.stream().filter(answer -> answer.statusCode() == status).count();
    }
}
