package dev.millrace.token;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.Api.as;
import static dev.millrace.Api.json;

import java.util.UUID;

import io.restassured.response.Response;

/** The calls about refresh tokens that many tests make, in tenant {@code main}. */
public final class TokenCalls {

    private TokenCalls() {}

    /** The id of a user whom no other test knows. */
    public static String user() {
        return "user-" + UUID.randomUUID();
    }

    /** Begins a family; {@code members} of the request besides the user may have single quotes, and begin with a comma. */
    public static Response issue(String user, String members) {
        return as(ADMIN, json("{'userId':'" + user + "'" + members + "}")).post("/v1/tokens");
    }

    /** The first token of a new family. */
    public static String issued(String user, String members) {
        return issue(user, members).then().statusCode(201).extract().path("refreshToken");
    }

    public static Response rotate(String token) {
        return as(ADMIN, json("{'refreshToken':'" + token + "'}")).post("/v1/tokens/rotate");
    }

    /** The successor of a token. */
    public static String rotated(String token) {
        return rotate(token).then().statusCode(200).extract().path("refreshToken");
    }

    public static Response revoke(String token) {
        return as(ADMIN, json("{'refreshToken':'" + token + "'}")).post("/v1/tokens/revoke");
    }

    /** All of a user's families. */
    public static Response list(String user) {
        return as(ADMIN).get("/v1/users/{user}/tokens?limit=500", user);
    }
}
