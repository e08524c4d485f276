package dev.millrace.http;

import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.specification.RequestSpecification;

/** Every operation in the OpenAPI document says what it does, what it takes and what it returns. */
@QuarkusTest
class OpenApiTest {

    private static final Set<String> METHODS = Set.of("get", "put", "post", "delete", "patch", "head");
    static final Path OF_DEV_MODE = Path.of("target", "openapi-dev.json");

    @Test
    void everyOperationIsDescribed() {
        JsonPath api = given().get("/q/openapi?format=json").then().statusCode(200).extract().jsonPath();
        Map<String, Map<String, Object>> paths = api.getMap("paths");
        List<String> lacking = new ArrayList<>();
        int operations = 0;
        for (var path : paths.entrySet()) {
            for (var method : path.getValue().entrySet()) {
                if (METHODS.contains(method.getKey())) {
                    operations++;
                    lacks((Map<?, ?>) method.getValue())
                            .forEach(what -> lacking.add(method.getKey() + " " + path.getKey() + ": " + what));
                }
            }
        }
        assertEquals(List.of(), lacking);
        assertTrue(operations >= 11, "all of the rate limiter's");
    }

    @ParameterizedTest
    @CsvSource({
            "/q/openapi, , yaml", "/q/openapi, text/html, yaml", "/q/openapi, application/json, json",
            "/q/openapi?format=json, , json", "/q/openapi?format=JSON, , json", "/q/openapi?format=yaml, , yaml",
            "/q/openapi.json, , json", "/q/openapi.yaml, , yaml", "/q/openapi.yml, application/json, yaml"})
    void theCallerChoosesYamlOrJson(String path, String accept, String format) {
        RequestSpecification request = accept == null ? given() : given().header("Accept", accept);
        String document = request.get(path).then().statusCode(200)
                .contentType("application/" + format + ";charset=UTF-8").extract().asString();
        assertTrue(document.startsWith(format.equals("json") ? "{" : "---\n"), path);
        given().head(path).then().statusCode(200);
    }

    /** In tests and in dev mode, Quarkus' extension makes the document: it is kept for {@link OpenApiIT} to compare with. */
    @Test
    void theDocumentIsTheSameInDevModeAndPackaged() throws IOException {
        new ObjectMapper().writeValue(OF_DEV_MODE.toFile(), document());
    }

    /** The document as a tree, in which the order of members does not count. */
    static JsonNode document() throws IOException {
        return new ObjectMapper().readTree(given().get("/q/openapi.json").then().statusCode(200).extract().asString());
    }

    private static List<String> lacks(Map<?, ?> operation) {
        List<String> lacking = new ArrayList<>();
        if (isBlank(operation.get("summary")) && isBlank(operation.get("description"))) {
            lacking.add("a summary");
        }
        if (operation.get("requestBody") instanceof Map<?, ?> body && !isShown(body)) {
            lacking.add("a schema or an example of the body");
        }
        Map<?, ?> responses = (Map<?, ?>) operation.get("responses");
        if (responses.keySet().stream().noneMatch(status -> status.toString().startsWith("2"))) {
            lacking.add("an answer when all is well");
        }
        responses.forEach((status, response) -> {
            if (status.toString().startsWith("2") && ((Map<?, ?>) response).get("content") instanceof Map<?, ?> content
                    && !content.values().stream().allMatch(type -> ((Map<?, ?>) type).containsKey("schema"))) {
                lacking.add("the shape of " + status);
            }
            if (isBlank(((Map<?, ?>) response).get("description"))) {
                lacking.add("what " + status + " means");
            }
        });
        return lacking;
    }

    private static boolean isShown(Map<?, ?> body) {
        Map<?, ?> content = (Map<?, ?>) body.get("content");
        return content != null && !content.isEmpty() && content.values().stream().map(type -> (Map<?, ?>) type)
                .allMatch(type -> type.containsKey("schema") || type.containsKey("example")
                        || type.containsKey("examples"));
    }

    private static boolean isBlank(Object text) {
        return text == null || text.toString().isBlank();
    }
}
