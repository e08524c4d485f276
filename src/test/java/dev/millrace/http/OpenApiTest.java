package dev.millrace.http;

import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
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
        Set<Object> ids = new HashSet<>();
        int operations = 0;
        for (var path : paths.entrySet()) {
            for (var method : path.getValue().entrySet()) {
                if (METHODS.contains(method.getKey())) {
                    operations++;
                    Map<?, ?> operation = (Map<?, ?>) method.getValue();
                    if (!ids.add(operation.get("operationId"))) {
                        lacking.add(method.getKey() + " " + path.getKey() + ": an id of its own");
                    }
                    lacks(operation)
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
        for (String text : List.of("operationId", "summary", "description")) {
            if (isBlank(operation.get(text))) {
                lacking.add(text);
            }
        }
        if (operation.get("parameters") instanceof List<?> parameters) {
            parameters.stream().map(parameter -> (Map<?, ?>) parameter).filter(p -> isBlank(p.get("description")))
                    .forEach(p -> lacking.add("what " + p.get("name") + " is"));
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

    /** A client made from the document knows which members of a response are always there. */
    @Test
    void schemasSayWhatIsAlwaysThere() throws IOException {
        JsonNode schemas = document().get("components").get("schemas");
        assertEquals(List.of("type", "title", "status", "code"), texts(schemas.get("Problem").get("required")));
        assertEquals(List.of("items"), texts(schemas.get("PageJob").get("required")));
        assertEquals(List.of("jobs"), texts(schemas.get("EnqueuedJobs").get("required")));
        List<String> ofJob = texts(schemas.get("Job").get("required"));
        assertTrue(ofJob.containsAll(List.of("id", "type", "priority")), ofJob::toString);
        assertFalse(ofJob.contains("leaseToken"), "only a job that was reserved has one");
        assertFalse(schemas.get("NewJob").get("properties").has("one"));
        assertFalse(schemas.get("Decision").get("properties").has("hopeless"));
    }

    /** A text such as 10m is no duration of JSON Schema, a number of milliseconds is no text, and data may be any JSON. */
    @Test
    void durationsAndDataAreWhatTheServiceAccepts() throws IOException {
        JsonNode schemas = document().get("components").get("schemas");
        assertEquals(List.of("string", "integer"), texts(schemas.get("Duration").get("type")));
        assertFalse(schemas.get("JsonValue").has("type"));
        assertEquals(List.of(), document().findValuesAsText("format").stream().filter("duration"::equals).toList());
        assertEquals("#/components/schemas/Denial", document()
                .at("/paths/~1v1~1ratelimit~1{policy}~1{identifier}/post/responses/429/content/application~1problem+json/schema/$ref")
                .asText());
    }

    @Test
    void publicOperationsHaveNoErrorsOfKeys() throws IOException {
        JsonNode paths = document().get("paths");
        JsonNode metadata = paths.at("/~1.well-known~1oauth-authorization-server/get/responses");
        assertFalse(metadata.has("401") || metadata.has("403") || metadata.has("503"));
        assertTrue(paths.at("/~1v1~1queues~1{queue}~1release/post/responses").has("415"));
        assertTrue(paths.at("/~1v1~1queues~1{queue}~1events/get/responses").has("429"));
        assertFalse(paths.at("/~1v1~1cache~1{region}~1{key}/put/responses").has("406"));
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(text -> texts.add(text.asText()));
        return texts;
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
