package dev.millrace.http.route;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.Api.WORKER;
import static dev.millrace.Api.as;
import static dev.millrace.Api.json;
import static dev.millrace.Api.policy;
import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.quarkus.test.junit.QuarkusTest;
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
 * Guarantees that a request gets the same status, header fields and bytes by a fast path and by the REST layer. A query that no
 * operation knows makes every gate decline, so each case is sent with and without one. The cases say which way the request takes
 * without it; {@link RestLayerWitness} checks that.
 */
@QuarkusTest
class FastPathTest {

    private static final String REST_WAY = "?by=rest";
    private static final Map<String, String> KEYS = Map.of("limiter", Api.LIMITER, "reader", Api.READER, "watcher",
            Api.SESSION_READER, "cacher", Api.CACHER, "peeker", Api.CACHE_READER, "worker", Api.WORKER, "onlooker",
            Api.QUEUE_READER, "admin", ADMIN, "wrong", "mr_admin_wrong", "unknown", "mr_nobody_" + "x".repeat(20));

    private final Map<String, String> names = new HashMap<>();
    private final Vertx vertx = Vertx.vertx();

    @BeforeEach
    void prepare() {
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

    @AfterEach
    void close() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
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

    private String filledIn(String text) {
        String filled = text;
        for (Map.Entry<String, String> name : names.entrySet()) {
            filled = filled.replace('{' + name.getKey() + '}', name.getValue());
        }
        return filled;
    }

    private static Map<String, String> headers(String key, String fields) {
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

    private String text(String method, String path, Map<String, String> headers, String body) {
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
    private Response send(String request, String query, Map<String, String> headers, String body, boolean restLayer)
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
    private static Response comparable(Response response) {
        return new Response(response.status(), response.headers().stream().map(FastPathTest::comparable).toList(),
                comparable(response.body()));
    }

    private static String comparable(String text) {
        return text.replaceAll("jobs-[0-9a-f-]{36}", "<queue>").replaceAll("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z", "<time>")
                .replaceAll("\\d{12,}", "<id>")
                .replaceAll("\\b3[56]\\d\\d(\\d{3})?\\b", "<left>").replaceAll("^age: \\d$", "age: <age>")
                .replaceAll("ttl=\\d+", "ttl=<left>");
    }

    /**
     * One case.
     *
     * @param way F for a request that takes a fast path, R for one that must go to the REST layer, N for one that no resource sees
     * @param fields of the header, separated by {@code ;;}; {@code Host=none} leaves that out
     */
    @ParameterizedTest(name = "{0} {1} {2} {3} {4} {5}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', nullValues = "-", textBlock = """
            F|200|POST /v1/ratelimit/{policy}/fresh|limiter|-|-
            F|200|POST /v1/ratelimit/{policy}/fresh|limiter|Content-Length=0|-
            F|200|POST /v1/ratelimit/{policy}/fresh|limiter|Content-Length=0 ;; Content-Type=text/plain|-
            F|200|POST /v1/ratelimit/{policy}/fresh|limiter|Accept=*/*|-
            F|200|POST /v1/ratelimit/{policy}/fresh|limiter|Accept=application/json|-
            F|429|POST /v1/ratelimit/{policy}/used|limiter|-|-
            F|429|POST /v1/ratelimit/{policy}/used|limiter|Accept=application/json|-
            R|429|POST /v1/ratelimit/{policy}/%75sed|limiter|-|-
            R|200|POST /v1/ratelimit/{policy}/fresh|limiter|Accept=application/json, text/html;q=0.5|-
            R|200|POST /v1/ratelimit/{policy}/fresh|limiter|Content-Type=application/json|{'cost':1}
            R|400|POST /v1/ratelimit/{policy}/fresh|limiter|Content-Type=application/json|{'cost':0}
            N|406|POST /v1/ratelimit/{policy}/fresh|limiter|Accept=text/html|-
            R|401|POST /v1/ratelimit/{policy}/fresh|-|-|-
            R|401|POST /v1/ratelimit/{policy}/fresh|wrong|-|-
            R|401|POST /v1/ratelimit/{policy}/fresh|unknown|-|-
            R|403|POST /v1/ratelimit/{policy}/fresh|reader|-|-
            R|403|POST /v1/ratelimit/{policy}/fresh|worker|-|-
            R|404|POST /v1/ratelimit/nowhere/fresh|limiter|-|-
            R|409|POST /v1/ratelimit/{leases}/fresh|limiter|-|-
            N|400|POST /v1/ratelimit/{policy}/fresh|limiter|Host=none|-
            N|400|POST /v1/ratelimit/{policy}/fresh|limiter|Host=a b|-
            F|200|POST /v1/ratelimit/{policy}/fresh|limiter|Host=a.example:99|-
            R|200|GET /v1/ratelimit/{policy}/fresh|limiter|-|-
            R|200|HEAD /v1/ratelimit/{policy}/fresh|limiter|-|-
            N|405|PATCH /v1/ratelimit/{policy}/fresh|limiter|-|-
            F|200|GET /v1/sessions/current|admin|Session-Token={token}|-
            F|200|GET /v1/sessions/current|admin|Session-Token={token} ;; Accept=application/json|-
            F|401|GET /v1/sessions/current|admin|Session-Token=s1.kPq3vK9wQm2Tz7LpR4sH.kPq3vK9wQm2Tz7LpR4sHkPq3vK9wQm2Tz7LpR4sHkPq3vK9wQm2Tz7LpR4sHkPq3|-
            R|401|GET /v1/sessions/current|admin|Session-Token=x|-
            R|401|GET /v1/sessions/current|admin|-|-
            R|401|GET /v1/sessions/current|-|Session-Token={token}|-
            R|401|GET /v1/sessions/current|wrong|Session-Token={token}|-
            R|403|GET /v1/sessions/current|worker|Session-Token={token}|-
            R|200|GET /v1/sessions/current|watcher|Session-Token={token}|-
            R|200|HEAD /v1/sessions/current|admin|Session-Token={token}|-
            N|406|GET /v1/sessions/current|admin|Session-Token={token} ;; Accept=text/html|-
            N|400|GET /v1/sessions/current|admin|Session-Token={token} ;; Host=none|-
            F|200|GET /v1/cache/{region}/text|peeker|-|-
            F|200|GET /v1/cache/{region}/text|cacher|Accept=*/*|-
            F|200|GET /v1/cache/{region}/large|peeker|Accept-Encoding=gzip|-
            F|200|GET /v1/cache/{region}/large|peeker|-|-
            F|200|GET /v1/cache/{region}/empty|peeker|-|-
            F|304|GET /v1/cache/{region}/text|peeker|If-None-Match={etag}|-
            F|404|GET /v1/cache/{region}/nowhere|peeker|-|-
            F|404|GET /v1/cache/{region}/nothing|peeker|-|-
            R|200|GET /v1/cache/{region}/t%65xt|peeker|-|-
            R|200|GET /v1/cache/{region}/text|peeker|Accept=text/plain|-
            R|200|GET /v1/cache/{region}/text|peeker|Accept=text/html|-
            R|200|HEAD /v1/cache/{region}/text|peeker|-|-
            R|401|GET /v1/cache/{region}/text|-|-|-
            R|401|GET /v1/cache/{region}/text|wrong|-|-
            R|403|GET /v1/cache/{region}/text|worker|-|-
            N|400|GET /v1/cache/{region}/text|peeker|Host=none|-
            N|400|GET /v1/cache/{region}/.|peeker|-|-
            F|201|POST /v1/queues/{queue}/jobs|worker|Content-Type=application/json|{'type':'t','data':{'a':1}}
            F|201|POST /v1/queues/{queue}/jobs|worker|Content-Type=application/json ;; Accept=application/json|{'type':'t'}
            R|201|POST /v1/queues/{queue}/jobs|worker|Content-Type=application/json;charset=UTF-8|{'type':'t'}
            R|201|POST /v1/queues/{queue}/jobs|worker|Content-Type=application/json ;; Accept=text/html, application/json|{'type':'t'}
            N|406|POST /v1/queues/{queue}/jobs|worker|Content-Type=application/json ;; Accept=text/html|{'type':'t'}
            N|415|POST /v1/queues/{queue}/jobs|worker|Content-Type=text/plain|{'type':'t'}
            R|401|POST /v1/queues/{queue}/jobs|-|Content-Type=application/json|{'type':'t'}
            R|401|POST /v1/queues/{queue}/jobs|wrong|Content-Type=application/json|{'type':'t'}
            R|403|POST /v1/queues/{queue}/jobs|onlooker|Content-Type=application/json|{'type':'t'}
            N|400|POST /v1/queues/{queue}/jobs|worker|Content-Type=application/json ;; Host=none|{'type':'t'}
            N|400|POST /v1/queues/../jobs|worker|Content-Type=application/json|{'type':1}
            N|400|POST /v1/queues/./jobs|worker|Content-Type=application/json|{'type':1}
            R|400|POST /v1/queues/a%20b/jobs|worker|Content-Type=application/json|{'type':1}
            N|400|POST /v1/queues/a;b/jobs|worker|Content-Type=application/json|{'type':1}
            N|400|POST /v1/queues//jobs|worker|Content-Type=application/json|{'type':1}
            N|400|POST /v1/queues/a/jobs/|worker|Content-Type=application/json|{'type':1}
            R|400|POST /v1/queues/%61/jobs|worker|Content-Type=application/json|{'type':1}
            F|200|POST {jobs}/reserve|worker|Content-Type=application/json|{'max':5}
            F|200|POST {jobs}/complete|worker|Content-Type=application/json|{'results':[{'id':'{job}','leaseToken':'{lease}'}]}
            F|200|POST {jobs}/complete|worker|Content-Type=application/json|{'results':[{'id':'{job}','leaseToken':'{lease}','result':{'n':1.0}}],'reserve':{'max':2}}
            F|409|POST {jobs}/complete|worker|Content-Type=application/json|{'results':[{'id':'{job}','leaseToken':'{job}.9'}]}
            """)
    void bothWaysRespondAlike(String way, int status, String request, String key, String fields, String body)
            throws IOException {
        Response asItIs = send(request, "", headers(key, fields), body, way.equals("R"));
        Response byRestLayer = send(request, REST_WAY, headers(key, fields), body, !way.equals("N"));

        assertEquals(status, asItIs.status(), asItIs.toString());
        assertEquals(comparable(byRestLayer), comparable(asItIs));
    }

    /** Bodies of queues, good and bad: each takes the fast path. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', ignoreLeadingAndTrailingWhitespace = false, value = {
            "jobs|{'type':'t','data':{'a':1}}|201", "jobs|{'jobs':[{'type':'t'},{'type':'u','delay':'1h'}]}|201",
            "jobs|null|400", "jobs|` `|400", "reserve|` `|200", "complete|` `|400", "jobs|{|400", "jobs|{} {}|400",
            "jobs|{'type':'t','typo':1}|400", "jobs|{'type':1}|400",
            "jobs|{'type':'t','priority':1.5}|400", "jobs|{'type':'t','delay':'1 h'}|400", "jobs|{'jobs':[]}|400",
            "jobs|{'jobs':[{'type':'t'},null]}|400", "jobs|[]|400", "jobs|{'type':'t','type':'t'}|400",
            "reserve|{'max':5}|200", "reserve|{'max':0}|400", "reserve|null|200", "reserve|{'wait':'31s'}|400",
            "complete|{'results':[{'id':'1','leaseToken':'1.1'}]}|404", "complete|{'results':[]}|400",
            "complete|{'results':[{'id':'x'}],'reserve':{'max':-1}}|400",
            "complete|{'results':[{'id':'1','leaseToken':'1.1'},{'id':'2','leaseToken':'2.1'}],'reserve':{}}|200"})
    void bothWaysReadBodiesAlike(String verb, String body, int status) throws IOException {
        String request = "POST /v1/queues/{queue}/" + verb;
        Response asItIs = send(request, "", headers("worker", "Content-Type=application/json"), body, false);
        Response byRestLayer = send(request, REST_WAY, headers("worker", "Content-Type=application/json"), body, true);
        Response byCharset = send(request, "", headers("worker", "Content-Type=application/json;charset=UTF-8"), body,
                true);

        assertEquals(status, asItIs.status(), asItIs.toString());
        assertTrue(asItIs.headers().contains(
                "content-type: application/" + (status < 400 ? "json;charset=UTF-8" : "problem+json")),
                asItIs.toString());
        assertEquals(comparable(byRestLayer), comparable(asItIs));
        assertEquals(comparable(byCharset), comparable(asItIs));
    }

    @Test
    void aDuplicateIsAnsweredTheSame() throws IOException {
        String request = "POST /v1/queues/{queue}/jobs";
        String job = "{'type':'t','uniqueKey':'u'}";
        assertEquals(201,
                send(request, "", headers("worker", "Content-Type=application/json"), job, false).status());

        Response asItIs = send(request, "", headers("worker", "Content-Type=application/json"), job, false);
        Response byRestLayer = send(request, REST_WAY, headers("worker", "Content-Type=application/json"), job, true);

        assertEquals(200, asItIs.status());
        assertEquals(byRestLayer, asItIs);
    }

    @Test
    void aBodyMayComeInPieces() throws IOException {
        String request = text("POST", filledIn("/v1/queues/{queue}/jobs"),
                headers("worker", "Content-Type=application/json"), "{\"type\":\"t\"}");

        Response response = RawHttp.exchangeInPieces(request);

        assertEquals(201, response.status());
        assertTrue(response.body().endsWith("\"duplicate\":false}"), response.body());
    }

    @Test
    void aCallerWithoutKeyIsRefusedUnread() {
        given().contentType("application/json").body("{").post(filledIn("/v1/queues/{queue}/jobs")).then()
                .statusCode(401);
    }

    @Test
    void twoKeysAreNoKeyOfEitherWay() throws IOException {
        Map<String, String> headers = headers("limiter", null);
        headers.put("authorization", "Bearer " + Api.READER);
        String one = text("POST", filledIn("/v1/ratelimit/{policy}/used"), headers, null);
        String other = text("POST", filledIn("/v1/ratelimit/{policy}/used") + REST_WAY, headers, null);

        assertEquals(comparable(RawHttp.exchange(other, 1, false).get(0)),
                comparable(RawHttp.exchange(one, 1, false).get(0)));
    }

    /** Each response comes in the order of the requests, whichever way each of them took. */
    @Test
    void pipelinedRequestsAreAnsweredInOrder() throws IOException {
        Map<String, String> json = headers("admin", "Content-Type=application/json");
        Map<String, String> reading = headers("admin", "Session-Token=" + names.get("token"));
        List<String> requests = new ArrayList<>();
        for (String query : new String[]{"", REST_WAY, ""}) {
            requests.add(text("POST", filledIn("/v1/ratelimit/{policy}/used") + query, headers("limiter", null), null));
            requests.add(text("GET", "/v1/sessions/current" + query, reading, null));
            requests.add(text("GET", filledIn("/v1/cache/{region}/text") + query, headers("peeker", null), null));
            requests.add(text("POST", filledIn("/v1/queues/{queue}/jobs") + query, json, "{\"type\":\"t\"}"));
            requests.add(text("POST", filledIn("/v1/queues/{queue}/jobs") + query, json, "{"));
        }
        List<Response> alone = new ArrayList<>();
        for (String request : requests) {
            alone.add(comparable(RawHttp.exchange(request, 1, false).get(0)));
        }

        List<Response> together = RawHttp.exchange(String.join("", requests), requests.size(), false).stream()
                .map(FastPathTest::comparable).toList();

        assertEquals(List.of(429, 200, 200, 201, 400), together.subList(0, 5).stream().map(Response::status).toList());
        assertEquals(alone, together);
        assertEquals(together.subList(0, 5), together.subList(5, 10));
        assertEquals(together.subList(0, 5), together.subList(10, 15));
    }

    /** Under HTTP/2 only requests with a body take a fast path, because the others may yet have one. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', nullValues = "-", textBlock = """
            R|429|POST /v1/ratelimit/{policy}/used|limiter|-|-
            R|200|GET /v1/sessions/current|admin|Session-Token={token}|-
            R|200|GET /v1/cache/{region}/text|peeker|-|-
            R|404|GET /v1/cache/{region}/nowhere|peeker|-|-
            F|201|POST /v1/queues/{queue}/jobs|worker|Content-Type=application/json|{'type':'t'}
            F|400|POST /v1/queues/{queue}/jobs|worker|Content-Type=application/json|{'type':1}
            R|403|POST /v1/queues/{queue}/jobs|onlooker|Content-Type=application/json|{'type':'t'}
            F|200|POST {jobs}/reserve|worker|Content-Type=application/json|{'max':5}
            F|404|POST {jobs}/complete|worker|Content-Type=application/json|{'results':[{'id':'1','leaseToken':'1.1'}]}
            """)
    void bothWaysRespondAlikeUnderHttp2(String way, int status, String request, String key, String fields, String body)
            throws Exception {
        Response asItIs = sendHttp2(request, "", headers(key, fields), body, way.equals("R"));
        Response byRestLayer = sendHttp2(request, REST_WAY, headers(key, fields), body, true);

        assertEquals(status, asItIs.status(), asItIs.toString());
        assertEquals(comparable(byRestLayer), comparable(asItIs));
    }

    private Response sendHttp2(String request, String query, Map<String, String> headers, String body,
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
        Response response = client.request(options)
                .compose(sent -> body == null ? sent.send() : sent.send(Buffer.buffer(filledIn(json(body)))))
                .compose(received -> received.body().map(bytes -> response(received, bytes))).toCompletionStage()
                .toCompletableFuture().get(30, TimeUnit.SECONDS);
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
