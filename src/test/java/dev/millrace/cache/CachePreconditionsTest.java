package dev.millrace.cache;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.Api.CACHE_READER;
import static dev.millrace.Api.LIMITER;
import static dev.millrace.Api.as;
import static dev.millrace.cache.Cache.CACHE;
import static dev.millrace.cache.Cache.brief;
import static dev.millrace.cache.Cache.get;
import static dev.millrace.cache.Cache.header;
import static dev.millrace.cache.Cache.later;
import static dev.millrace.cache.Cache.put;
import static dev.millrace.cache.Cache.read;
import static dev.millrace.cache.Cache.region;
import static dev.millrace.cache.Cache.request;
import static dev.millrace.cache.Cache.send;
import static dev.millrace.cache.Cache.store;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.quarkus.test.junit.QuarkusTest;

/**
 * Guarantees of the cache as a store over HTTP: a write happens only if its preconditions are met; a lease can be given back; a
 * region lists its keys if it was asked to; and {@code Cache-Control} of a write is heeded.
 */
@QuarkusTest
class CachePreconditionsTest {

    private static HttpResponse<byte[]> delete(String path, String... headers) {
        return send(request(ADMIN, "DELETE", path, null, headers));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"If-Match | \"x\" | false", "If-Match | TAG | true",
            "If-Match | W/TAG | false",
            "If-Match | * | true", "If-Match | \"x\", , TAG, | true", "If-Match | ,, \"x\",, | false",
            "If-None-Match | * | false", "If-None-Match | TAG | false", "If-None-Match | W/TAG | false",
            "If-None-Match | \"x\" | true", "If-None-Match | ,\"x\",,W/\"y\" | true",
            "If-None-Match | \"a b\",TAG | false", "If-Match | \"a b\",TAG | true",
            "If-Unmodified-Since | Sat, 01 Jan 2000 00:00:00 GMT | true"})
    void writesHappenIfTheirPreconditionsAreMet(String field, String value, boolean met) {
        String path = region() + "/k";
        String sent = value.replace("TAG", store(path, "one"));
        assertEquals(met ? "204 " : "412 precondition-failed", brief(put(path, "two", field, sent)));
        assertEquals(met ? "200 two" : "200 one", read(path));
        String again = value.replace("TAG", store(path, "one"));
        assertEquals(met ? "204 " : "412 precondition-failed", brief(delete(path, field, again)));
        assertEquals(met ? "404 cache-miss" : "200 one", read(path));
    }

    @Test
    void addsIfAbsentOnceForManyAtATime() {
        String path = region() + "/k";
        assertEquals("412 precondition-failed", brief(put(path, "x", "If-Match", "*")));
        List<CompletableFuture<HttpResponse<byte[]>>> all = Stream.iterate(0, i -> i + 1).limit(50)
                .map(i -> later(
                        request(ADMIN, "PUT", path, ("v" + i).getBytes(StandardCharsets.UTF_8), "If-None-Match", "*")))
                .toList();
        assertEquals(1, all.stream().filter(one -> one.join().statusCode() == 204).count());
        assertEquals(49, all.stream().filter(one -> one.join().statusCode() == 412).count());
    }

    @Test
    void twoLinesOfAFieldAreOneList() {
        String path = region() + "/k";
        String tag = store(path, "one");
        assertEquals("204 ", brief(put(path, "two", "If-Match", "\"x\"", "If-Match", tag)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"If-Match | nope", "If-Match | *, \"x\"", "If-None-Match | nope",
            "If-None-Match | \"a\" \"b\"", "Content-Range | bytes 0-2/10", "Content-Range | bytes */10",
            "Cache-Control | no-cache",
            "Cache-Control | max-age=60, No-Cache",
            "Cache-Control | max-age=0, stale-while-revalidate=60, must-revalidate"})
    void whatCannotBeDoneIsRefusedAndNothingIsStored(String field, String value) {
        String path = region() + "/k";
        store(path, "one");
        HttpResponse<byte[]> answer = put(path, "two", field, value);
        assertEquals("400 invalid-request", brief(answer));
        assertTrue(Cache.text(answer).contains(field), Cache.text(answer));
        assertEquals("200 one", read(path));
    }

    /** The function fetch adds both fields to each request with a precondition, so that caches on the way let it pass. */
    @Test
    void whatFetchAddsIsNoDirectiveOfTheValue() {
        String path = region() + "/k";
        String[] added = {"Cache-Control", "no-cache", "Pragma", "no-cache", "If-None-Match", "*"};
        assertEquals("204 ", brief(put(path, "one", added)));
        assertEquals("412 precondition-failed", brief(put(path, "two", added)));
        assertEquals("400 invalid-request",
                brief(put(path, "two", "Cache-Control", "max-age=60, no-cache", "Pragma", "no-cache")));
        assertEquals("200 one", read(path));
    }

    @Test
    void readsHeedIfMatchBeforeIfNoneMatch() {
        String path = region() + "/k";
        String tag = store(path, "one");
        for (String method : List.of("GET", "HEAD")) {
            assertEquals(412, send(request(ADMIN, method, path, null, "If-Match", "\"x\"")).statusCode());
            assertEquals(412, send(request(ADMIN, method, path, null, "If-Match", "W/" + tag)).statusCode());
            assertEquals(412,
                    send(request(ADMIN, method, path, null, "If-Match", "\"x\"", "If-None-Match", tag)).statusCode());
            assertEquals(304,
                    send(request(ADMIN, method, path, null, "If-Match", tag, "If-None-Match", tag)).statusCode());
            assertEquals(200, send(request(ADMIN, method, path, null, "If-Match", "*")).statusCode());
            assertEquals(404, send(request(ADMIN, method, path + "2", null, "If-Match", "\"x\"")).statusCode());
        }
        assertEquals("412 precondition-failed", brief(get(path, "If-Match", "\"x\"")));
        assertEquals("400 invalid-request", brief(get(path, "If-Match", "x")));
    }

    @Test
    void theTagOfTheCompressedFormIsThatOfTheEntry() {
        String path = region() + "/k";
        store(path, "one ".repeat(5000));
        String tag = header(get(path, "Accept-Encoding", "gzip"), "ETag");
        assertTrue(tag.endsWith("-gzip\""), tag);
        assertEquals(200, get(path, "If-Match", tag).statusCode());
        assertEquals("204 ", brief(put(path, "two", "If-Match", tag)));
        assertEquals("412 precondition-failed", brief(put(path, "three", "If-Match", tag)));
    }

    @Test
    void aStoredNotFoundIsNoValue() {
        String path = region() + "/k";
        assertEquals("204 ", brief(put(path + "?nothing=true", "")));
        assertEquals("412 precondition-failed", brief(put(path, "one", "If-Match", "*")));
        assertEquals("412 precondition-failed", brief(put(path, "one", "If-None-Match", "\"nothing\"")));
        assertEquals("204 ", brief(put(path, "one", "If-None-Match", "*")));
        assertEquals("200 one", read(path));
    }

    @Test
    void mustRevalidateIsNeverServedStale() {
        String region = region();
        as(ADMIN, "{\"swr\":\"1h\",\"sie\":\"1h\"}").put(CACHE + "regions/" + region).then().statusCode(201);
        for (String directive : List.of("must-revalidate", "proxy-revalidate", "s-maxage=1")) {
            String path = region + "/" + directive;
            store(path, "one", "Cache-Control", "max-age=1, stale-while-revalidate=600, " + directive);
            await().until(() -> get(path).statusCode() == 404);
            assertEquals("404 cache-miss", brief(get(path, "Cache-Control", "stale-if-error")));
        }
    }

    @Test
    void aLeaseIsGivenBackAndTheNextCallerGetsOne() {
        String path = region() + "/k";
        store(path, "old", "Cache-Control", "max-age=0, stale-if-error=600");
        HttpResponse<byte[]> leased = get(path + "?lease=60s");
        assertEquals("millrace; fwd=stale; detail=leased", header(leased, "Cache-Status"));
        String lease = header(leased, "Cache-Lease");
        CompletableFuture<HttpResponse<byte[]>> waiting = later(
                request(ADMIN, "GET", path + "?lease=60s&wait=30s", null));
        assertEquals("millrace; fwd=stale; detail=leased-to-another",
                header(get(path + "?lease=60s"), "Cache-Status"));
        assertEquals("204 ", brief(delete(path, "Cache-Lease", lease)));
        String next = header(waiting.join(), "Cache-Lease");
        assertTrue(!next.isEmpty() && !next.equals(lease), next);
        assertEquals("200 old", brief(get(path, "Cache-Control", "stale-if-error")));
        assertEquals("409 lease-void", brief(delete(path, "Cache-Lease", lease)));
        assertEquals("409 lease-void", brief(put(path, "late", "Cache-Lease", lease)));
        assertEquals("204 ", brief(put(path, "new", "Cache-Lease", next)));
        assertEquals("200 new", read(path));
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "", "AAAAAAAAAAAAAAAAAAAAAA "})
    void aBrokenLeaseDeletesNothing(String lease) {
        String path = region() + "/k";
        store(path, "one");
        assertNotEquals(204, delete(path, "Cache-Lease", lease).statusCode());
        assertEquals(400, delete(path, "Cache-Lease", "AAAAAAAAAAAAAAAAAAAAAA", "If-Match", "*").statusCode());
        assertEquals("200 one", read(path));
    }

    @Test
    void aRegionListsItsKeysIfItWasAskedTo() {
        String region = region();
        as(CACHE_READER).get(CACHE + region).then().statusCode(409).body("code", equalTo("region-not-listed"));
        as(ADMIN, "{\"listKeys\":true}").put(CACHE + "regions/" + region).then().statusCode(201)
                .body("listKeys", equalTo(true));
        as(CACHE_READER).get(CACHE + region).then().statusCode(200).body("items", hasSize(0))
                .body("nextCursor", nullValue());
        String tag = store(region + "/a%2Fb", "value", "Cache-Control", "max-age=600", "Cache-Tag", "x, y");
        put(region + "/%C3%BC%20%F0%9F%92%A7?nothing=true", "");
        store(region + "/gone", "value");
        delete(region + "/gone");
        as(CACHE_READER).get(CACHE + region).then().statusCode(200).header("Cache-Control", "no-store")
                .body("items.key", containsInAnyOrder("a/b", "ü 💧"))
                .body("items.find{it.key=='a/b'}.bytes", equalTo(5))
                .body("items.find{it.key=='a/b'}.etag", equalTo(tag))
                .body("items.find{it.key=='a/b'}.status", equalTo("fresh"))
                .body("items.find{it.key=='a/b'}.tags", equalTo(List.of("x", "y")))
                .body("items.find{it.key!='a/b'}.nothing", equalTo(true));
        String cursor = as(ADMIN).queryParam("limit", 1).get(CACHE + region).then().body("items", hasSize(1)).extract()
                .path("nextCursor");
        as(ADMIN).queryParam("limit", 1).queryParam("cursor", cursor).get(CACHE + region).then()
                .body("items", hasSize(1)).body("nextCursor", nullValue());
        as(LIMITER).get(CACHE + region).then().statusCode(403);
        for (String query : List.of("limit=0", "limit=501", "limit=x", "cursor=x")) {
            as(ADMIN).get(CACHE + region + '?' + query).then().statusCode(400);
        }
        delete(region);
        as(ADMIN).get(CACHE + region).then().body("items", hasSize(0));
    }
}
