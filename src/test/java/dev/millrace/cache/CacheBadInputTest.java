package dev.millrace.cache;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.Api.encode;
import static dev.millrace.cache.Cache.brief;
import static dev.millrace.cache.Cache.delete;
import static dev.millrace.cache.Cache.get;
import static dev.millrace.cache.Cache.header;
import static dev.millrace.cache.Cache.put;
import static dev.millrace.cache.Cache.read;
import static dev.millrace.cache.Cache.region;
import static dev.millrace.cache.Cache.request;
import static dev.millrace.cache.Cache.send;
import static dev.millrace.cache.Cache.store;
import static dev.millrace.cache.Cache.text;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;

/**
 * Guarantees for requests about the cache that are wrong: each is a problem with the right status and code, which names the
 * field; never a stack trace; and nothing is stored or hidden by it. Odd keys, tags and types that are right work.
 */
@QuarkusTest
class CacheBadInputTest {

    private static final int MOST_BYTES = 8 * 1024 * 1024;

    @ParameterizedTest
    @ValueSource(strings = {"a%20b", "a:b", "%7Ba%7D", "%C3%A4", "a%2Fb", "%00", "*",
            "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"})
    void whatIsNoRegionIsRefused(String region) {
        refused(put(region + "/k", "x"), 400, "region");
        refused(get(region + "/k"), 400, "region");
        refused(delete(region + "/k"), 400, "region");
        refused(delete(region), 400, "region");
        refused(delete(region + "?tag=t"), 400, "region");
    }

    /** Definitions are where its entries would be. */
    @Test
    void noRegionIsNamedRegions() {
        problem(delete("regions"), 405, "method-not-allowed");
        problem(delete("regions?tag=t"), 405, "method-not-allowed");
        problem(put("regions/k", "x", "Content-Type", "text/plain"), 415, "unsupported-media-type");
        problem(get("regions/k"), 404, "region-unknown");
        problem(delete("regions/k"), 404, "region-unknown");
    }

    @Test
    void whatIsNoKeyIsRefused() {
        String region = region();
        for (String key : List.of("%00", "a%00b", "x".repeat(513), encode("é".repeat(257)), encode("💧".repeat(129)))) {
            refused(put(region + '/' + key, "x"), 400, "key");
            refused(get(region + '/' + key), 400, "key");
            refused(get(region + '/' + key + "?lease=5s"), 400, "key");
            refused(delete(region + '/' + key), 400, "key");
        }
        for (String path : List.of("/a;b", "/a//b", "/%ff", "//", "/a/")) {
            refused(put(region + path, "x"), 400, null);
        }
        assertEquals(404, get(region + "/a/b").statusCode());
    }

    @Test
    void oddKeysWorkAndStayApart() {
        String region = region();
        List<String> keys = List.of("💧", "é", "e\u0301", "a/b", "a%2Fb", "a%b", "{}", "}{", ":", " ", "+", "*",
                "a?b=c",
                "a#b", "\n", "\u007f", "a\tb", "x".repeat(512), "é".repeat(256), "💧".repeat(128), "batch", "regions");
        for (String key : keys) {
            store(region + '/' + encode(key), "of " + key);
        }
        for (String key : keys) {
            assertEquals("200 of " + key, read(region + '/' + encode(key)));
        }
        assertEquals(204, delete(region + '/' + encode("a/b")).statusCode());
        assertEquals("200 of a%2Fb", read(region + '/' + encode("a%2Fb")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "a, b c", "a\tb"})
    void whatIsNoTagIsRefused(String tag) {
        String path = region() + "/k";
        refused(put(path, "x", "Cache-Tag", tag), 400, "Cache-Tag");
        refused(put(path, "x", "Cache-Tag", "a," + "x".repeat(129)), 400, "Cache-Tag");
        assertEquals("404 cache-miss", read(path));
    }

    @Test
    void soManyTagsAndNoMore() {
        String region = region();
        String most = IntStream.range(0, 32).mapToObj(i -> ("t" + i + "-").repeat(20)).collect(Collectors.joining(","));
        store(region + "/k", "x", "Cache-Tag", " ,," + most + " , ");
        refused(put(region + "/k", "y", "Cache-Tag", most + ",more"), 400, "Cache-Tag");
        assertEquals("200 x", read(region + "/k"));
        delete(region + "?tag=" + "t31-".repeat(20));
        assertEquals("404 cache-miss", read(region + "/k"));
        store(region + "/k", "x", "Cache-Tag", "!~{}%()[]:;\"'\\");
        delete(region + "?tag=" + encode("!~{}%()[]:;\"'\\"));
        assertEquals("404 cache-miss", read(region + "/k"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"?tag=", "?tag=a,b", "?tag=a&tag=b", "?tag=a%20b", "?tag=%C3%A9", "?tag=%00", "?tag=%0A",
            "?tags=a",
            "?key=a", "?prefix=", "?=&tag"})
    void aPurgeOfSomethingElseIsRefused(String query) {
        String region = region();
        store(region + "/k", "x", "Cache-Tag", "a,b");
        refused(delete(region + query), 400, "tag");
        refused(delete(region + "?tag=" + "x".repeat(129)), 400, "tag");
        assertEquals("200 x", read(region + "/k"));
    }

    /** It would delete what the field was to protect. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"Cache-Lease | AAAAAAAAAAAAAAAAAAAAAA", "If-Match | \"x\"",
            "If-None-Match | *"})
    void aPurgeWithWhatIsAboutOneEntryIsRefused(String field, String value) {
        String region = region();
        store(region + "/k", "x", "Cache-Tag", "a");
        for (String query : List.of("", "?tag=a")) {
            refused(send(request(ADMIN, "DELETE", region + query, null, field, value)), 400, field);
        }
        assertEquals("200 x", read(region + "/k"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"lease=0s | lease", "lease= | lease", "lease=x | lease", "lease=-1s | lease",
            "lease=61s | lease", "lease=60001ms | lease", "lease=PT0.0001S | lease", "lease=999999999999999d | lease",
            "lease=5s&wait=31s | wait", "lease=5s&wait=0s | wait", "lease=5s&wait=x | wait", "wait=5s | wait",
            "lease=5s&wait=-1s | wait"})
    void wrongTimesAreRefused(String query, String field) {
        String path = region() + "/k";
        refused(get(path + '?' + query), 400, field);
        assertTrue(header(get(path + "?lease=60s"), "Cache-Lease").length() == 22, "nobody has a lease");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "null", "A", "AAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAAA",
            "AAAAAAAAAAAAAAAAAAAAA=", "AAAAAAAAAA AAAAAAAAAAA"})
    void whatIsNoLeaseIsRefused(String lease) {
        String path = region() + "/k";
        refused(put(path, "x", "Cache-Lease", lease), 400, "Cache-Lease");
        assertEquals("404 cache-miss", read(path));
    }

    @ParameterizedTest
    @ValueSource(strings = {"max-age", "max-age=", "max-age=x", "max-age=-1", "max-age=1.5", "max-age=34560001",
            "max-age=99999999999999999999", "max-age=0", "s-maxage=0, max-age=5", "max-age=1 2", "no-store", "private",
            "Private=\"x\"", "max-age=5, NO-STORE", "max-age=5, stale-while-revalidate=x",
            "max-age=5, stale-if-error", "max-age=5, stale-if-error=34560001"})
    void wrongDirectivesAreRefused(String cacheControl) {
        String path = region() + "/k";
        HttpRequest request = request(ADMIN, "PUT", path, "x".getBytes(UTF_8), "Cache-Control", cacheControl);
        refused(send(request), 400, "Cache-Control");
        assertEquals("404 cache-miss", read(path));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", ",", "public", "max-age=34560000", "foo, bar=\"baz, qux\"", "max-age=\"5\"",
            "immutable,,max-age=5", "max-age=1, max-age=1000"})
    void directivesThatAreNoneOfOursAreLetBe(String cacheControl) {
        String path = region() + "/k";
        store(path, "x", "Cache-Control", cacheControl);
        assertEquals("200 x", read(path, "Cache-Control", cacheControl));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "yes", "TRUE", ""})
    void nothingIsTrueOrFalse(String nothing) {
        String path = region() + "/k";
        refused(put(path + "?nothing=" + nothing, ""), 400, "nothing");
        store(path + "?nothing=false", "x");
        assertEquals("200 x", read(path));
    }

    @ParameterizedTest
    @ValueSource(strings = {"garbage", "a/b/c", "/", "text/", "text/plain; charset", "*/*", ";", "text plain", "text/*",
            "text/plain, text/html", "text/plain; charset=\"x", ""})
    void aTypeThatIsNoneIsRefused(String type) {
        String path = region() + "/k";
        HttpResponse<byte[]> answer = put(path, "x", "Content-Type", type);
        refused(answer, answer.statusCode() == 415 ? 415 : 400, null);
        HttpResponse<byte[]> nothing = put(path + "?nothing=true", "", "Content-Type", type);
        refused(nothing, nothing.statusCode() == 415 ? 415 : 400, null);
        assertEquals("404 cache-miss", read(path));
    }

    /** The REST layer parses the type of its responses, the fast path does not. */
    @ParameterizedTest
    @ValueSource(strings = {"text/html;charset=nonsense", "text/plain; a=\"b;c, d\"", "x/y;", "application/x+json",
            "text/plain ; charset=utf-8", "a'b/c!d"})
    void aTypeIsReturnedAsItWasStoredOnEveryPath(String type) {
        String path = region() + "/k";
        store(path, "x", "Content-Type", type);
        assertEquals(List.of("200 x", type), List.of(read(path), header(get(path), "Content-Type")));
        HttpResponse<byte[]> accepted = get(path, "Accept", "text/html,*/*;q=0.8");
        assertEquals("200 x", brief(accepted));
        HttpResponse<byte[]> leased = get(path + "?lease=5s", "Accept", "application/json");
        assertEquals("200 x", brief(leased));
        assertEquals(200, send(request(ADMIN, "HEAD", path, null)).statusCode());
    }

    @Test
    void aTypeMayBeSoLongAndNoLonger() {
        String path = region() + "/k";
        String type = "text/" + "x".repeat(251);
        store(path, "x", "Content-Type", type);
        assertEquals(type, header(get(path), "Content-Type"));
        refused(put(path, "y", "Content-Type", type + 'x'), 400, "Content-Type");
        assertEquals("200 x", read(path));
    }

    @Test
    void aBodyMayHaveSoManyBytesAndNoMore() {
        String path = region() + "/k";
        byte[] most = new byte[MOST_BYTES];
        new Random(1).nextBytes(most);
        assertEquals(204, put(path, most).statusCode());
        assertEquals(MOST_BYTES, get(path).body().length);
        problem(put(path, new byte[MOST_BYTES + 1]), 413, "too-large");
        // Over what HTTP takes at all.
        problem(put(path, new byte[10 * 1024 * 1024 + 1]), 413, "too-large");
        // Without a length beforehand.
        HttpRequest chunked = HttpRequest
                .newBuilder(request(ADMIN, "PUT", path, new byte[0]), (name, value) -> true)
                .PUT(BodyPublishers.fromPublisher(BodyPublishers.ofByteArray(most))).build();
        assertEquals(204, send(chunked).statusCode());
        assertEquals(MOST_BYTES, get(path).body().length);
    }

    private static void refused(HttpResponse<byte[]> answer, int status, String field) {
        JsonPath body = problem(answer, status, status == 415 ? "unsupported-media-type" : "invalid-request");
        if (field != null) {
            assertEquals(List.of(field), body.getList("violations.field"), () -> text(answer));
        }
    }

    private static JsonPath problem(HttpResponse<byte[]> answer, int status, String code) {
        assertEquals(status, answer.statusCode(), () -> text(answer));
        assertEquals("application/problem+json", header(answer, "Content-Type"));
        JsonPath body = JsonPath.from(text(answer));
        assertEquals(code, body.getString("code"));
        assertNull(body.getString("stackTrace"));
        return body;
    }
}
