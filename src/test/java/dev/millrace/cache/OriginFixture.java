package dev.millrace.cache;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.Api.as;

import java.util.UUID;

import org.junit.jupiter.api.AfterEach;

import io.restassured.response.Response;

/** A region with an origin. */
abstract class OriginFixture {

    final StubOrigin origin = new StubOrigin();
    final String region = "o-" + UUID.randomUUID();

    @AfterEach
    void close() {
        origin.close();
    }

    /** Defines the region, with further members of its definition in which quotes may be single. */
    void define(String more) {
        as(ADMIN, ("{\"origin\":\"" + origin.template() + "\"" + more + "}").replace('\'', '"'))
                .put("/v1/cache/regions/" + region).then().statusCode(201);
    }

    Response read(String key) {
        return as(ADMIN).get("/v1/cache/{region}/{key}", region, key);
    }
}
