package dev.millrace.session;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.Api.as;
import static dev.millrace.Api.json;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

import io.restassured.RestAssured;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;

/** The calls about sessions that many tests make. */
final class Sessions {

    static final String SESSIONS = "/v1/sessions";
    static final String CURRENT = "/v1/sessions/current";
    static final String ROTATE = "/v1/sessions/current/rotate";
    static final String OF_USER = "/v1/users/{userId}/sessions";
    static final String ONE_OF_USER = "/v1/users/{userId}/sessions/{id}";

    private static final HttpClient CLIENT = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final int AT_ONCE = 20;

    private Sessions() {}

    /** A user whom no other test has. */
    static String user() {
        return "user-" + UUID.randomUUID();
    }

    /** Asks for a session; {@code more} are further members of the request, in which quotes may be single. */
    static Response create(String user, String... more) {
        String members = more.length == 0 ? "" : ',' + json(String.join(",", more));
        return as(ADMIN, "{\"userId\":\"" + user + '"' + members + '}').post(SESSIONS);
    }

    /** Creates so many sessions, some at a time and with little ado. */
    static void createMany(String user, int count) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + RestAssured.port + SESSIONS))
                .header("Authorization", "Bearer " + ADMIN).header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"userId\":\"" + user + "\"}")).build();
        for (int begun = 0; begun < count; begun += AT_ONCE) {
            Stream.generate(() -> CLIENT.sendAsync(request, BodyHandlers.discarding()))
                    .limit(Math.min(AT_ONCE, count - begun)).toList()
                    .forEach(answer -> assertEquals(201, answer.join().statusCode()));
        }
    }

    /** As {@link #create}, of which the token is returned. */
    static String open(String user, String... more) {
        return create(user, more).then().statusCode(201).extract().path("token");
    }

    /** A request with a session's token. */
    static RequestSpecification with(String token) {
        return as(ADMIN).header("Session-Token", token);
    }

    /** Uses the session. */
    static Response use(String token) {
        return with(token).get(CURRENT);
    }

    /** Reads the session without using it. */
    static Response look(String token) {
        return with(token).queryParam("touch", false).get(CURRENT);
    }

    /** Patches the session's data with a JSON object in which quotes may be single. */
    static Response patch(String token, String data) {
        return with(token).contentType("application/merge-patch+json; charset=UTF-8")
                .body(json("{'data':" + data + "}"))
                .patch(CURRENT);
    }

    static String idOf(String token) {
        return look(token).then().statusCode(200).extract().path("id");
    }

    /** Ids of the user's sessions as they are listed. */
    static List<String> idsOf(String user) {
        return as(ADMIN).get(OF_USER, user).then().statusCode(200).extract().path("items.id");
    }
}
