package dev.millrace.edge;

import static io.restassured.RestAssured.given;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.millrace.edge.MatrixCaller.Protocol;

/**
 * All rows of the matrix: every operation of the OpenAPI document, with a body of its examples, and the calls beside it. The scopes are
 * those of docs/scopes.md.
 */
final class MatrixCalls {

    /** The row of Envoy's call in JSON. */
    static final String ENVOY = "POST /json, for [Envoy](envoy.md)";

    private static final Set<String> METHODS = Set.of("get", "put", "post", "delete", "patch", "head", "options",
            "trace");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String FORM = "application/x-www-form-urlencoded";
    private static final Map<String, String> JSON_TYPE = Map.of("Content-Type", "application/json");

    private final Map<String, List<String>> table = ScopeTable.read();
    private final MatrixTenant tenant;

    MatrixCalls(MatrixTenant tenant) {
        this.tenant = tenant;
    }

    /** Every row, and a HEAD for each GET. */
    List<MatrixCall> all() {
        List<MatrixCall> calls = new ArrayList<>(described());
        calls.addAll(undescribed());
        calls.addAll(calls.stream().filter(call -> call.method().equals("GET")).map(MatrixCall::head).toList());
        return calls;
    }

    /** The operations of the OpenAPI document, as {@code METHOD /path}. */
    static Set<String> operations() {
        Set<String> operations = new TreeSet<>();
        document().get("paths").properties().forEach(path -> path.getValue().fieldNames().forEachRemaining(method -> {
            if (METHODS.contains(method)) {
                operations.add(method.toUpperCase(java.util.Locale.ROOT) + ' ' + path.getKey());
            }
        }));
        return operations;
    }

    private static JsonNode document() {
        try {
            return JSON.readTree(given().get("/q/openapi.json").then().statusCode(200).extract().asString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<MatrixCall> described() {
        JsonNode paths = document().get("paths");
        return operations().stream().map(operation -> {
            String method = operation.substring(0, operation.indexOf(' '));
            String path = operation.substring(operation.indexOf(' ') + 1);
            return described(operation, method, path,
                    paths.get(path).get(method.toLowerCase(java.util.Locale.ROOT)));
        }).toList();
    }

    private MatrixCall described(String operation, String method, String template, JsonNode described) {
        String path = template;
        Map<String, String> headers = new TreeMap<>();
        for (JsonNode parameter : described.path("parameters")) {
            String name = parameter.get("name").asText();
            if (parameter.get("in").asText().equals("path")) {
                path = path.replace('{' + name + '}', tenant.example(name));
            } else if (parameter.path("required").asBoolean()) {
                headers.put(name, tenant.example(name));
            }
        }
        JsonNode content = described.path("requestBody").path("content");
        String body = "";
        if (content.has(FORM)) {
            headers.put("Content-Type", FORM);
            body = "token=" + tenant.example("Session-Token");
        } else if (!content.isEmpty()) {
            String type = content.fieldNames().next();
            headers.put("Content-Type", type.equals("*/*") ? "text/plain" : type);
            body = body(content.get(type));
        }
        String row = operation.equals("POST /json") ? ENVOY : operation;
        Protocol protocol = template.startsWith("/v1/oauth/") ? Protocol.OAUTH : Protocol.REST;
        return call(row, protocol, method, path, headers, body);
    }

    private static String body(JsonNode media) {
        JsonNode examples = media.path("examples");
        JsonNode example = examples.isEmpty() ? media.path("example") : examples.iterator().next().get("value");
        if (example.isTextual()) {
            return example.asText();
        }
        if (example instanceof ObjectNode fields) {
            // A call that waits is not refused later.
            fields.remove("wait");
            return fields.toString();
        }
        return "";
    }

    /** What is not in the OpenAPI document. */
    private List<MatrixCall> undescribed() {
        String key = tenant.example("key");
        String get = "[\"GET\",\"" + key + "\"]";
        String set = "[\"SET\",\"" + key + "\",\"1\"]";
        return List.of(
                call("GET /q/openapi", Protocol.REST, "GET", "/q/openapi", Map.of(), ""),
                call("GET /v1/cache/{region}/{key} with lease", Protocol.REST, "GET",
                        "/v1/cache/" + tenant.example("region") + "/" + key + "?lease=1s", Map.of(), ""),
                redis("POST /redis, a command that reads", "POST", "", get),
                redis("POST /redis, any other command", "POST", "", set),
                redis("GET /redis/{command}, a command that reads", "GET", "/get/" + key, ""),
                redis("GET /redis/{command}, any other command", "GET", "/set/" + key + "/1", ""),
                redis("POST /redis/{command}, any other command", "POST", "/set/" + key, "1"),
                redis("POST /redis/pipeline, commands that read", "POST", "/pipeline", "[" + get + "]"),
                redis("POST /redis/pipeline, other commands", "POST", "/pipeline", "[" + set + "]"),
                redis("POST /redis/multi-exec, commands that read", "POST", "/multi-exec", "[" + get + "]"),
                redis("POST /redis/multi-exec, other commands", "POST", "/multi-exec", "[" + set + "]"),
                redis("GET /redis/subscribe/{channel}", "GET", "/subscribe/" + key, ""),
                redis("GET /redis/psubscribe/{pattern}", "GET", "/psubscribe/" + key, ""),
                redis("GET /redis/monitor", "GET", "/monitor", ""));
    }

    private MatrixCall redis(String operation, String method, String path, String body) {
        return call(operation, Protocol.REDIS, method, "/redis" + path, body.isEmpty() ? Map.of() : JSON_TYPE, body);
    }

    private MatrixCall call(String operation, Protocol protocol, String method, String path,
            Map<String, String> headers, String body) {
        List<String> scopes = table.get(operation);
        if (scopes == null) {
            throw new AssertionError("docs/scopes.md has no row for " + operation);
        }
        return new MatrixCall(operation, scopes, protocol, method, path, headers, body);
    }
}
