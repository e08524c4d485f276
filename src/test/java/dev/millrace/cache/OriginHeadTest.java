package dev.millrace.cache;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.Api.as;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;

import dev.millrace.cache.StubOrigin.Answer;

/** What the header fields of an origin do: what is stored for whom and for how long, and what is passed on. */
@QuarkusTest
class OriginHeadTest extends OriginFixture {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static String header(Response response, String name) {
        return String.join("|", response.getHeaders().getValues(name));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {"Cache-Control: max-age=600 | Cache-Control: no-store",
            "Cache-Control: public, max-age=600 | Cache-Control: Private",
            "Cache-Control: max-age=600, x=\"a, b\" | Cache-Control: no-cache=\"a\"",
            "Cache-Control: max-age=600 | CDN-Cache-Control: no-store", "Expires: 0 |", "Expires: -1 |",
            "Expires: Thu, 01 Jan 1970 00:00:00 GMT |", "Expires: Tuesday, 01-Jan-80 00:00:00 GMT |",
            "Expires: Thu Jan  1 00:00:00 1970 |", "Expires: Fri, 01 Jan 2100 00:00:00 UTC |",
            "Cache-Control: max-age=600 | Age: 600", "Cache-Control: max-age=600 | Age: 99999999999, 0",
            "Cache-Control: max-age=600; no-store |", "Pragma: no-cache |", "Vary: * | Cache-Control: max-age=600",
            "Vary: , * |", "Vary: Accept-Encoding | Vary: Accept-Language", "Vary: Cookie |", "Vary: Authorization |",
            "Set-Cookie: sid=1 | Cache-Control: public, max-age=600", "Set-Cookie2: sid=1 |",
            "Cache-Tag: a b |", "Cache-Control: max-age='600' |"})
    void whatIsNotForAllIsNotStored(String first, String second) {
        define("");
        origin.on("own", (times, exchange) -> {
            for (String line : second == null ? List.of(first) : List.of(first, second)) {
                exchange.getResponseHeaders().add(line.substring(0, line.indexOf(':')),
                        line.substring(line.indexOf(':') + 2));
            }
            return Answer.ok("for request " + times);
        });
        for (int i = 1; i <= 2; i++) {
            read("own").then().statusCode(200).body(equalTo("for request " + i)).header("Cache-Status",
                    containsString("not-stored"));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"Cache-Control: max-age=99999999999 | 34559999",
            "Cache-Control: Max-Age=\"00600\" | 599", "Cache-Control: max-age=600, max-age=700 | 599",
            "Expires: Fri, 01 Jan 2100 00:00:00 GMT | 34559999", "Expires: Friday, 01-Jan-60 00:00:00 GMT | 34559999",
            "Expires: Fri Jan  1 00:00:00 2100 | 34559999", "CDN-Cache-Control: max-age=600 | 599",
            "Cache-Control: no-store, must-understand, max-age=600 | 599", "Vary: accept-encoding | 3599",
            "Last-Modified: Thu, 01 Jan 1970 00:00:00 GMT | 3599", "Cache-Control: immutable, x=\"no-store\" | 3599",
            "Age: abc | 3599", "Pragma: x | 3599"})
    void whatIsForAllIsStored(String line, long ttl) {
        define("");
        origin.on("all", Answer.ok("x", line.substring(0, line.indexOf(':')), line.substring(line.indexOf(':') + 2)));
        read("all").then().statusCode(200);
        String status = read("all").getHeader("Cache-Status");
        long left = Long.parseLong(status.substring("millrace; hit; ttl=".length()));
        // Some time passes, and 400 days are the most.
        assertTrue(left <= ttl && left > ttl - 20, status);
    }

    @Test
    void theAgeOfTheOriginCountsAndIsSentOn() {
        define("");
        origin.on("aged", Answer.ok("x", "Cache-Control", "max-age=1000", "Age", "400"));
        read("aged").then().header("Age", startsWith("40"));
        read("aged").then().header("Age", startsWith("40")).header("Cache-Status", startsWith("millrace; hit; ttl=59"));
        origin.on("passed", Answer.ok("x", "Cache-Control", "private, max-age=1000", "Age", "400"));
        read("passed").then().header("Age", startsWith("40"));
        origin.on("list", Answer.ok("x", "Cache-Control", "private", "Age", "99999999999, 0"));
        read("list").then().header("Age", "2147483648");
    }

    @ParameterizedTest
    @ValueSource(strings = {"max-age=600", "no-store, max-age=600"})
    void fieldsArePassedOnWhetherStoredOrNot(String control) {
        define("");
        origin.on("head", Answer.ok("x", "Cache-Control", control, "ETag", "W/\"v1\"", "Last-Modified",
                "Thu, 01 Jan 2026 00:00:00 GMT", "Expires", "Fri, 01 Jan 2100 00:00:00 GMT", "Content-Language", "de",
                "Link", "</a>; rel=next", "Link", "</b>; rel=prev", "Content-Disposition", "inline", "X-Test", "é",
                "Connection", "close, X-Hop", "X-Hop", "1", "Keep-Alive", "timeout=5", "Proxy-Authenticate", "Basic",
                "Trailer", "X", "Strict-Transport-Security", "max-age=1", "Alt-Svc", "clear",
                "Access-Control-Allow-Origin", "*", "Cache-Lease", "x", "Via", "1.1 a", "Cache-Tag", "a",
                "Clear-Site-Data", "\"*\"", "NEL", "{}", "WWW-Authenticate", "Basic realm=\"origin\""));
        for (int i = 0; i < 2; i++) {
            Response response = read("head");
            response.then().statusCode(200);
            assertEquals(List.of(control, "W/\"v1\"", "Thu, 01 Jan 2026 00:00:00 GMT", "Fri, 01 Jan 2100 00:00:00 GMT",
                    "de", "</a>; rel=next|</b>; rel=prev", "inline", "é", "a"),
                    List.of("Cache-Control", "ETag", "Last-Modified", "Expires", "Content-Language", "Link",
                            "Content-Disposition", "X-Test", "Cache-Tag").stream().map(name -> header(response, name))
                            .toList());
            for (String name : List.of("X-Hop", "Keep-Alive", "Proxy-Authenticate", "Trailer", "Via", "Alt-Svc",
                    "Strict-Transport-Security", "Access-Control-Allow-Origin", "Cache-Lease", "Clear-Site-Data", "NEL",
                    "WWW-Authenticate")) {
                assertEquals("", header(response, name), name);
            }
            assertEquals(1, response.getHeaders().getValues("Date").size());
        }
    }

    @Test
    void whoMayNotStoreIsToldSo() {
        define("");
        origin.on("cookie", Answer.ok("x", "Set-Cookie", "a=1; HttpOnly", "Set-Cookie", "b=2"));
        Response response = read("cookie");
        assertEquals("a=1; HttpOnly|b=2", header(response, "Set-Cookie"), "for this caller alone");
        assertEquals("no-store", header(response, "Cache-Control"));
        origin.on("none", Answer.status(404, "Cache-Control", "private"));
        read("none").then().statusCode(404).header("Cache-Control", "no-store");
        origin.on("vary", Answer.ok("x", "Vary", "Accept-Language"));
        read("vary").then().header("Cache-Control", "no-store").header("Vary", "Accept-Language");
    }

    @Test
    void cookiesAreStrippedWhereTheRegionSaysSo() {
        define(",'stripSetCookie':true");
        as(ADMIN).get("/v1/cache/regions/" + region).then().body("stripSetCookie", equalTo(true));
        origin.on("cookie", (times, exchange) -> Answer.ok("v" + times, "Set-Cookie", "sid=" + times));
        for (int i = 0; i < 2; i++) {
            read("cookie").then().body(equalTo("v1")).header("Set-Cookie", nullValue());
        }
    }

    @Test
    void tagsOfTheOriginPurge() {
        define("");
        origin.on("cdn", (times, exchange) -> Answer.ok("v" + times, "Cache-Tag", "a, b", "Cache-Tag", "c"));
        origin.on("fastly", (times, exchange) -> Answer.ok("v" + times, "Surrogate-Key", "d  e"));
        for (String tag : List.of("b", "c")) {
            String before = read("cdn").asString();
            read("cdn").then().body(equalTo(before));
            as(ADMIN).delete("/v1/cache/{region}?tag={tag}", region, tag).then().statusCode(204);
            read("cdn").then().body(not(equalTo(before)));
        }
        read("fastly").then().body(equalTo("v1"));
        as(ADMIN).delete("/v1/cache/{region}?tag=e", region).then().statusCode(204);
        read("fastly").then().body(equalTo("v2"));
    }

    @Test
    void callersRevalidateWithTheTagsAndDatesOfTheOrigin() {
        define("");
        origin.on("tag", Answer.ok("x", "ETag", "\"v1\"", "Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT"));
        read("tag").then().header("ETag", "\"v1\"");
        for (String tags : List.of("\"v1\"", "W/\"v1\"", "\"a\", W/\"v1\"", "*", "\"v1-gzip\"")) {
            as(ADMIN).header("If-None-Match", tags).get("/v1/cache/{region}/tag", region).then().statusCode(304)
                    .header("ETag", "\"v1\"").header("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT");
        }
        for (String[] example : new String[][]{{"Thu, 01 Jan 2026 00:00:00 GMT", "304"},
                {"Friday, 02-Jan-26 00:00:00 GMT", "304"}, {"Wed, 31 Dec 2025 23:59:59 GMT", "200"}, {"x", "200"}}) {
            as(ADMIN).header("If-Modified-Since", example[0]).get("/v1/cache/{region}/tag", region).then()
                    .statusCode(Integer.parseInt(example[1]));
            as(ADMIN).header("If-Modified-Since", example[0]).header("If-None-Match", "\"v2\"")
                    .get("/v1/cache/{region}/tag", region).then().statusCode(200);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"ETag | W/\"v1\" | If-None-Match", "ETag | \"v1\" | If-None-Match",
            "Last-Modified | Thu, 01 Jan 2026 00:00:00 GMT | If-Modified-Since"})
    void a304KeepsWhatThe200Said(String validator, String value, String condition) {
        define(",'ttl':'1h'");
        origin.on("kept", (times, exchange) -> times == 1
                ? Answer.ok("body", validator, value, "Cache-Control", "max-age=1, must-revalidate", "X-Old", "1",
                        "X-New", "1", "Content-Type", "text/plain")
                : value.equals(exchange.getRequestHeaders().getFirst(condition))
                        ? Answer.status(304, "X-New", "2", "Set-Cookie", "a=b", validator, value)
                        : Answer.ok("changed"));
        read("kept").then().statusCode(200);
        await().atMost(PATIENCE).until(() -> {
            Response response = read("kept");
            response.then().statusCode(200).body(equalTo("body"));
            return header(response, "X-New").equals("2");
        });
        int asked = origin.count("kept");
        // It is fresh for a second only, again and again.
        await().atMost(PATIENCE).until(() -> {
            Response response = read("kept");
            assertEquals(List.of("body", "1", "2", "text/plain", ""),
                    List.of(response.asString(), header(response, "X-Old"), header(response, "X-New"),
                            header(response, "Content-Type"), header(response, "Set-Cookie")));
            assertTrue(!response.getHeader("Cache-Status").contains("ttl=3"), response.getHeader("Cache-Status"));
            return origin.count("kept") > asked;
        });
    }

    /** RFC 9111, section 4.3.4. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"ETag | \"v1\" | ETag | \"v2\"", "ETag | W/\"v1\" | ETag | W/\"v2\"",
            "Last-Modified | Thu, 01 Jan 2026 00:00:00 GMT | ETag | \"v2\"",
            "Last-Modified | Thu, 01 Jan 2026 00:00:00 GMT | Last-Modified | Fri, 02 Jan 2026 00:00:00 GMT"})
    void a304AboutAnotherResponseChangesNothing(String validator, String value, String of, String other) {
        define("");
        origin.on("other", (times, exchange) -> {
            if (times == 1) {
                return Answer.ok("old", validator, value, "Cache-Control", "max-age=1");
            }
            return exchange.getRequestHeaders().containsKey("If-None-Match")
                    || exchange.getRequestHeaders().containsKey("If-Modified-Since")
                            ? Answer.status(304, of, other, "X-Not", "applied", "Cache-Control", "max-age=600")
                            : Answer.ok("new", "Cache-Control", "max-age=600");
        });
        read("other").then().statusCode(200).body(equalTo("old"));
        await().atMost(PATIENCE).until(() -> {
            Response response = read("other");
            response.then().statusCode(200).header("X-Not", nullValue());
            return response.asString().equals("new");
        });
    }

    /** RFC 9111, section 5.2.2.6. */
    @Test
    void whatMustNotBeTransformedIsNotCompressed() {
        define("");
        String body = "x".repeat(10_000);
        origin.on("as-it-is", Answer.ok(body, "Cache-Control", "max-age=600, No-Transform"));
        origin.on("any", Answer.ok(body, "Cache-Control", "max-age=600"));
        for (int i = 0; i < 2; i++) {
            gzipped("as-it-is").then().statusCode(200).header("Content-Encoding", nullValue())
                    .header("Content-Length", "10000").body(equalTo(body));
            gzipped("any").then().statusCode(200).header("Content-Encoding", "gzip").body(equalTo(body));
        }
    }

    private Response gzipped(String key) {
        return as(ADMIN).header("Accept-Encoding", "gzip").get("/v1/cache/{region}/{key}", region, key);
    }

    @Test
    void a304MayForbidWhatThe200Allowed() {
        define(",'sie':'1h'");
        origin.on("forbidden", (times, exchange) -> exchange.getRequestHeaders().containsKey("If-None-Match")
                ? Answer.status(304, "Cache-Control", "no-store")
                : times == 1
                        ? Answer.ok("old", "ETag", "\"v1\"", "Cache-Control", "max-age=1")
                        : Answer.status(500));
        read("forbidden").then().statusCode(200);
        await().atMost(PATIENCE).untilAsserted(() -> assertTrue(origin.count("forbidden") > 2
                || read("forbidden").statusCode() != 200));
    }

    @ParameterizedTest
    @ValueSource(strings = {"foo", "text/plain, text/html", "", "*/*", "text/plain; charset"})
    void aTypeThatIsNoneIsReplacedOnEveryPath(String type) {
        define("");
        for (String control : List.of("max-age=600", "no-store")) {
            String key = control.substring(0, 2);
            origin.on(key, Answer.ok("x", "Content-Type", type, "Cache-Control", control));
            for (int i = 0; i < 2; i++) {
                read(key).then().statusCode(200).header("Content-Type", "application/octet-stream");
                as(ADMIN).accept("text/html, */*;q=0.8").get("/v1/cache/{region}/{key}", region, key).then()
                        .statusCode(200).header("Content-Type", "application/octet-stream");
                as(ADMIN).head("/v1/cache/{region}/{key}", region, key).then().statusCode(200).header("Content-Type",
                        "application/octet-stream");
            }
        }
        as(ADMIN, "{\"get\":[\"ma\"]}").post("/v1/cache/{region}/batch", region).then().statusCode(200)
                .body("items[0].contentType", equalTo("application/octet-stream"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "x-gzip", "GZIP", "identity, gzip"})
    void anEmptyBodyIsEmptyInAnyCoding(String coding) {
        define("");
        for (String control : List.of("max-age=600", "no-store")) {
            String key = control.substring(0, 2);
            origin.on(key, Answer.ok("", "Content-Encoding", coding, "Cache-Control", control));
            for (int i = 0; i < 2; i++) {
                read(key).then().statusCode(200).body(equalTo("")).header("Content-Encoding", nullValue());
            }
        }
    }
}
