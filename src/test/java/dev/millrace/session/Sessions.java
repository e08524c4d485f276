package dev.millrace.session;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.Api.as;
import static dev.millrace.Api.json;

import java.util.List;
import java.util.UUID;

import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;

/** The calls about sessions that many tests make. */
final class Sessions {

    static final String SESSIONS = "/v1/sessions";
    static final String CURRENT = "/v1/sessions/current";
    static final String ROTATE = "/v1/sessions/current/rotate";
    static final String OF_USER = "/v1/users/{userId}/sessions";
    static final String ONE_OF_USER = "/v1/users/{userId}/sessions/{id}";

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
