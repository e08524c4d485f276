package dev.millrace.http.route;

import static dev.millrace.http.route.BothWays.REST_WAY;
import static dev.millrace.http.route.BothWays.comparable;
import static dev.millrace.http.route.BothWays.headers;
import static dev.millrace.http.route.BothWays.text;
import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.quarkus.test.junit.QuarkusTest;

import dev.millrace.Api;
import dev.millrace.http.route.RawHttp.Response;

/**
 * Guarantees that a request gets the same status, header fields and bytes by a fast path and by the REST layer. A query that no
 * operation knows makes every gate decline, so each case is sent with and without one. The cases say which way the request takes
 * without it; {@link RestLayerWitness} checks that.
 */
@QuarkusTest
class FastPathTest {

    private BothWays ways;

    @BeforeEach
    void prepare() {
        ways = new BothWays();
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
        Response asItIs = ways.send(request, "", headers(key, fields), body, way.equals("R"));
        Response byRestLayer = ways.send(request, REST_WAY, headers(key, fields), body, !way.equals("N"));

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
        Response asItIs = ways.send(request, "", headers("worker", "Content-Type=application/json"), body, false);
        Response byRestLayer = ways.send(request, REST_WAY, headers("worker", "Content-Type=application/json"), body,
                true);
        Response byCharset = ways.send(request, "", headers("worker", "Content-Type=application/json;charset=UTF-8"),
                body,
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
                ways.send(request, "", headers("worker", "Content-Type=application/json"), job, false).status());

        Response asItIs = ways.send(request, "", headers("worker", "Content-Type=application/json"), job, false);
        Response byRestLayer = ways.send(request, REST_WAY, headers("worker", "Content-Type=application/json"), job,
                true);

        assertEquals(200, asItIs.status());
        assertEquals(byRestLayer, asItIs);
    }

    @Test
    void aBodyMayComeInPieces() throws IOException {
        String request = text("POST", ways.filledIn("/v1/queues/{queue}/jobs"),
                headers("worker", "Content-Type=application/json"), "{\"type\":\"t\"}");

        Response response = RawHttp.exchangeInPieces(request);

        assertEquals(201, response.status());
        assertTrue(response.body().endsWith("\"duplicate\":false}"), response.body());
    }

    @Test
    void aCallerWithoutKeyIsRefusedUnread() {
        given().contentType("application/json").body("{").post(ways.filledIn("/v1/queues/{queue}/jobs")).then()
                .statusCode(401);
    }

    @Test
    void twoKeysAreNoKeyOfEitherWay() throws IOException {
        Map<String, String> headers = headers("limiter", null);
        headers.put("authorization", "Bearer " + Api.READER);
        String one = text("POST", ways.filledIn("/v1/ratelimit/{policy}/used"), headers, null);
        String other = text("POST", ways.filledIn("/v1/ratelimit/{policy}/used") + REST_WAY, headers, null);

        assertEquals(comparable(RawHttp.exchange(other, 1, false).get(0)),
                comparable(RawHttp.exchange(one, 1, false).get(0)));
    }

    /** Each response comes in the order of the requests, whichever way each of them took. */
    @Test
    void pipelinedRequestsAreAnsweredInOrder() throws IOException {
        Map<String, String> json = headers("admin", "Content-Type=application/json");
        Map<String, String> reading = headers("admin", "Session-Token=" + ways.filledIn("{token}"));
        List<String> requests = new ArrayList<>();
        for (String query : new String[]{"", REST_WAY, ""}) {
            requests.add(
                    text("POST", ways.filledIn("/v1/ratelimit/{policy}/used") + query, headers("limiter", null), null));
            requests.add(text("GET", "/v1/sessions/current" + query, reading, null));
            requests.add(text("GET", ways.filledIn("/v1/cache/{region}/text") + query, headers("peeker", null), null));
            requests.add(text("POST", ways.filledIn("/v1/queues/{queue}/jobs") + query, json, "{\"type\":\"t\"}"));
            requests.add(text("POST", ways.filledIn("/v1/queues/{queue}/jobs") + query, json, "{"));
        }
        List<Response> alone = new ArrayList<>();
        for (String request : requests) {
            alone.add(comparable(RawHttp.exchange(request, 1, false).get(0)));
        }

        List<Response> together = RawHttp.exchange(String.join("", requests), requests.size(), false).stream()
                .map(BothWays::comparable).toList();

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
        Response asItIs = ways.sendHttp2(request, "", headers(key, fields), body, way.equals("R"));
        Response byRestLayer = ways.sendHttp2(request, REST_WAY, headers(key, fields), body, true);

        assertEquals(status, asItIs.status(), asItIs.toString());
        assertEquals(comparable(byRestLayer), comparable(asItIs));
    }
}
