package dev.millrace.http.route;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.Api.WORKER;
import static dev.millrace.Api.as;
import static dev.millrace.Api.json;
import static dev.millrace.Api.policy;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

import io.restassured.RestAssured;
import io.restassured.path.json.JsonPath;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;

import dev.millrace.Api;
import dev.millrace.http.route.RawHttp.Response;

/**
 * Sends requests that a fast path or the REST layer serves, and checks which of them did. Requests are templates: {@code {policy}},
 * {@code {token}} and others stand for what is prepared here.
 */
final class BothWays {

    /** A query that no operation knows: every gate declines it. */
    static final String REST_WAY = "?by=rest";
    private static final Map<String, String> KEYS = Map.of("limiter", Api.LIMITER, "reader", Api.READER, "watcher",
            Api.SESSION_READER, "cacher", Api.CACHER, "peeker", Api.CACHE_READER, "worker", Api.WORKER, "onlooker",
            Api.QUEUE_READER, "admin", ADMIN, "wrong", "mr_admin_wrong", "unknown", "mr_nobody_" + "x".repeat(20));

    private final Map<String, String> names = new HashMap<>();

    /** Makes a policy, a session, a region and a queue that no other test has. */
    BothWays() {
        String unique = UUID.randomUUID().toString();
        names.put("policy", policy("fixed-window", 1));
        names.put("leases", policy("concurrency", 1));
        as(ADMIN).post("/v1/ratelimit/" + names.get("policy") + "/used").then().statusCode(200);
        names.put("token", as(ADMIN, json("{'userId':'" + unique + "','data':{'a':1.10}}")).post("/v1/sessions").then()
                .statusCode(201).extract().path("token"));
        names.put("region", "r-" + unique);
        names.put("queue", "q-" + unique);
        String region = "/v1/cache/" + names.get("region");
        names.put("etag", as(ADMIN).contentType("text/plain").body("a text that is worth keeping").put(region + "/text")
                .then().statusCode(204).extract().header("ETag"));
        as(ADMIN).contentType("text/plain").body("x".repeat(5000)).put(region + "/large").then().statusCode(204);
        as(ADMIN).contentType("text/plain").body(new byte[0]).put(region + "/empty").then().statusCode(204);
        as(ADMIN).put(region + "/nothing?nothing=true").then().statusCode(204);
    }

    /** What must be there anew for each request. */
    private void renew(String request) {
        as(ADMIN).delete("/v1/ratelimit/" + names.get("policy") + "/fresh").then().statusCode(204);
        if (request.contains("{job")) {
            String queue = "/v1/queues/jobs-" + UUID.randomUUID();
            names.put("jobs", queue);
            as(WORKER, json("{'type':'t','data':{'n':1.50},'group':'g'}")).post(queue + "/jobs").then().statusCode(201);
            if (request.contains("{job}")) {
                JsonPath reserved = as(WORKER, "{}").post(queue + "/reserve").then().statusCode(200).extract()
                        .jsonPath();
                names.put("job", reserved.getString("jobs[0].id"));
                names.put("lease", reserved.getString("jobs[0].leaseToken"));
            }
        }
    }

    String filledIn(String text) {
        String filled = text;
        for (Map.Entry<String, String> name : names.entrySet()) {
            filled = filled.replace('{' + name.getKey() + '}', name.getValue());
        }
        return filled;
    }

    static Map<String, String> headers(String key, String fields) {
        Map<String, String> headers = new HashMap<>();
        headers.put("Host", "localhost");
        if (key != null) {
            headers.put("Authorization", "Bearer " + KEYS.get(key));
        }
        for (String field : fields == null ? new String[0] : fields.split(" ;; ")) {
            headers.put(field.substring(0, field.indexOf('=')), field.substring(field.indexOf('=') + 1));
        }
        return headers;
    }

    static String text(String method, String path, Map<String, String> headers, String body) {
        StringBuilder text = new StringBuilder(method).append(' ').append(path).append(" HTTP/1.1\r\n");
        headers.forEach((name, value) -> {
            if (!value.equals("none")) {
                text.append(name).append(": ").append(value).append("\r\n");
            }
        });
        if (body != null) {
            text.append("Content-Length: ").append(body.length()).append("\r\n");
        }
        return text.append("\r\n").append(body == null ? "" : body).toString();
    }

    /** Sends a case one way over HTTP/1.1. */
    Response send(String request, String query, Map<String, String> headers, String body, boolean restLayer)
            throws IOException {
        renew(request + body);
        String witness = UUID.randomUUID().toString();
        headers.put(RestLayerWitness.HEADER, witness);
        String[] parts = filledIn(request).split(" ");
        Map<String, String> filled = new HashMap<>();
        headers.forEach((name, value) -> filled.put(name, filledIn(value)));
        Response response = RawHttp.exchange(text(parts[0], parts[1] + query, filled,
                body == null ? null : filledIn(json(body))), 1, parts[0].equals("HEAD")).get(0);
        assertEquals(restLayer, RestLayerWitness.saw(witness), () -> request + " by the REST layer");
        return response;
    }

    /** Without what differs between any two calls: ids, times and what is left of them. */
    static Response comparable(Response response) {
        return new Response(response.status(), response.headers().stream().map(BothWays::comparable).toList(),
                comparable(response.body()));
    }

    private static String comparable(String text) {
        return text.replaceAll("jobs-[0-9a-f-]{36}", "<queue>").replaceAll("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z", "<time>")
                .replaceAll("\\d{12,}", "<id>")
                .replaceAll("\\b3[56]\\d\\d(\\d{3})?\\b", "<left>").replaceAll("^age: \\d$", "age: <age>")
                .replaceAll("ttl=\\d+", "ttl=<left>");
    }

    /** Sends a case one way over HTTP/2, with prior knowledge. */
    Response sendHttp2(String request, String query, Map<String, String> headers, String body,
            boolean restLayer) throws Exception {
        Vertx vertx = Vertx.vertx();
        try {
            return sendHttp2(vertx, request, query, headers, body, restLayer);
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
        }
    }

    private Response sendHttp2(Vertx vertx, String request, String query, Map<String, String> headers, String body,
            boolean restLayer) throws Exception {
        renew(request + body);
        String witness = UUID.randomUUID().toString();
        headers.remove("Host");
        String[] parts = filledIn(request).split(" ");
        HttpClient client = vertx.createHttpClient(
                new HttpClientOptions().setProtocolVersion(HttpVersion.HTTP_2).setHttp2ClearTextUpgrade(false));
        RequestOptions options = new RequestOptions().setMethod(HttpMethod.valueOf(parts[0])).setHost("localhost")
                .setPort(RestAssured.port).setURI(parts[1] + query);
        options.putHeader(RestLayerWitness.HEADER, witness);
        headers.forEach((name, value) -> options.putHeader(name, filledIn(value)));
        // The body is asked for in the very event that brings the head: a step added to the chain by this thread could come
        // after the first bytes, and those nobody waits for are dropped.
        Response response = client.request(options)
                .compose(sent -> (body == null ? sent.send() : sent.send(Buffer.buffer(filledIn(json(body)))))
                        .compose(received -> received.body().map(bytes -> response(received, bytes))))
                .toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
        assertEquals(restLayer, RestLayerWitness.saw(witness), () -> request + " by the REST layer");
        return response;
    }

    private static Response response(HttpClientResponse received, Buffer body) {
        assertEquals(HttpVersion.HTTP_2, received.version());
        return new Response(received.statusCode(), received.headers().entries().stream()
                .map(field -> field.getKey() + ": " + field.getValue()).sorted().toList(),
                body.toString("ISO-8859-1"));
    }
}
