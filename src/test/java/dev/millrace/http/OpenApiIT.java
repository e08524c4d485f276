package dev.millrace.http;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.emptyString;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import com.fasterxml.jackson.databind.ObjectMapper;

import io.quarkus.test.junit.QuarkusIntegrationTest;

import dev.millrace.PackagedSmoke;

/** {@link OpenApiTest} against the packaged service, which serves the document that the build wrote ({@link ApiDocument}). */
@PackagedSmoke
@QuarkusIntegrationTest
class OpenApiIT extends OpenApiTest {

    /** Both come from the same classes, but from two tools: Quarkus' extension there, the Maven plugin here. */
    @Test
    @Override
    void theDocumentIsTheSameInDevModeAndPackaged() throws IOException {
        assumeTrue(Files.exists(OF_DEV_MODE), "OpenApiTest writes it, earlier in the build");
        assertEquals(new ObjectMapper().readTree(OF_DEV_MODE.toFile()), document());
    }

    @Test
    void aCallerThatHasTheDocumentGetsItOnlyOnce() {
        String json = given().get("/q/openapi.json").then().statusCode(200).extract().header("ETag");
        String yaml = given().get("/q/openapi.yaml").then().statusCode(200).extract().header("ETag");
        assertNotEquals(json, yaml);
        for (String known : new String[]{json, "\"x\", W/" + json, "*"}) {
            given().header("If-None-Match", known).get("/q/openapi.json").then().statusCode(304)
                    .header("ETag", json).body(emptyString());
        }
        given().header("If-None-Match", json).get("/q/openapi").then().statusCode(200).header("ETag", yaml)
                .header("Vary", equalTo("accept"));
        String length = given().get("/q/openapi").then().statusCode(200).extract().header("Content-Length");
        given().head("/q/openapi").then().statusCode(200).header("ETag", yaml).header("Content-Length", length);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS"})
    void theDocumentIsOnlyRead(String method) {
        given().request(method, "/q/openapi").then().statusCode(405).header("Allow", "GET, HEAD")
                .contentType("application/problem+json").body("code", equalTo("method-not-allowed"));
    }
}
