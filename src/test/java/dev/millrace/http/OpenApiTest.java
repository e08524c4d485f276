package dev.millrace.http;

import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.Test;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;

/** Guarantees of the API's description: every operation says what it does, takes and answers. */
@QuarkusTest
class OpenApiTest {

    private static final Set<String> METHODS = Set.of("get", "put", "post", "delete", "patch", "head");

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
