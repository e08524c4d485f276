package dev.millrace.cache;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.Api.CACHER;
import static dev.millrace.Api.CACHE_READER;
import static dev.millrace.Api.LIMITER;
import static dev.millrace.Api.OTHER;
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
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.quarkus.test.junit.QuarkusTest;

/**
 * Guarantees of an entry's life: read as it was stored, byte for byte and with its type; fresh, stale and gone when it was
 * said; revalidated by its tag; exact header fields; and who may do what with it.
 */
@QuarkusTest
class CacheTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 256, 2048, 2049, 16_384, 16_385, 8_000_000})
    void isReadAsItWasStored(int size) {
        byte[] body = new byte[size];
        if (size == 256) {
            for (int i = 0; i < size; i++) {
                body[i] = (byte) i;
            }
        } else {
            new Random(size).nextBytes(body);
        }
        String path = region() + "/k";
        HttpResponse<byte[]> stored = put(path, body, "Content-Type", "image/png");
        assertEquals(204, stored.statusCode(), () -> brief(stored));
        assertTrue(header(stored, "ETag").matches("\"[A-Za-z0-9_-]{20}\""), header(stored, "ETag"));
        HttpResponse<byte[]> answer = get(path);
        assertEquals(200, answer.statusCode());
        assertArrayEquals(body, answer.body());
        assertEquals(List.of("image/png", header(stored, "ETag"), Integer.toString(size), "Accept-Encoding", ""),
                List.of(header(answer, "Content-Type"), header(answer, "ETag"), header(answer, "Content-Length"),
                        header(answer, "Vary"), header(answer, "Content-Encoding")));
        assertEquals("0", header(answer, "Age").replaceAll("\\d+", "0"));
        assertTrue(header(answer, "Cache-Status").matches("millrace; hit; ttl=(3600|35\\d\\d)"),
                header(answer, "Cache-Status"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "text/html; charset=ISO-8859-1", "application/json",
            "application/vnd.api+json; v=\"1,2\"", "application/problem+json", "multipart/form-data; boundary=x",
            "application/x-www-form-urlencoded", "TEXT/Plain;Charset=utf-8"})
    void keepsItsType(String type) {
        String path = region() + "/k";
        store(path, "{}", "Content-Type", type);
        assertEquals(type, header(get(path), "Content-Type"));
        assertEquals("{}", Cache.text(get(path, "Accept", "image/png")), "there is no other representation to choose");
    }

    @Test
    void withoutATypeItIsOctets() {
        String path = region() + "/k";
        store(path, "x");
        assertEquals("application/octet-stream", header(get(path), "Content-Type"));
    }

    @Test
    void theTagIsOfTheBytesAndTheType() {
        String region = region();
        String tag = store(region + "/a", "x", "Content-Type", "text/plain");
        assertEquals(tag, store(region + "/b", "x", "Content-Type", "text/plain", "Cache-Tag", "t"));
        assertNotEquals(tag, store(region + "/c", "y", "Content-Type", "text/plain"));
        assertNotEquals(tag, store(region + "/d", "x", "Content-Type", "text/html"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"TAG | 304", "W/TAG | 304", "\"x\", TAG | 304", "\"x\",W/TAG,\"y\" | 304",
            "* | 304", "TAG-gzip | 304", "W/TAG-gzip | 304", "\"x\" | 200", "\"\" | 200", "W/\"x\" | 200", "x | 200",
            "\"xTAG\" | 200", "\"a b\",TAG | 304",
            "\"\",\"x\",TAG | 304", "\"x y\",\"z\" | 200"})
    void whoHasItIsToldSo(String ifNoneMatch, int status) {
        String path = region() + "/k";
        String tag = store(path, "some text");
        String name = tag.substring(1, tag.length() - 1);
        String asked = ifNoneMatch.replace("TAG-gzip", '"' + name + "-gzip\"").replace("\"xTAG\"", "\"x" + name + '"')
                .replace("TAG", tag);
        for (String method : List.of("GET", "HEAD")) {
            HttpResponse<byte[]> answer = send(request(ADMIN, method, path, null, "If-None-Match", asked));
            assertEquals(status, answer.statusCode(), method);
            assertEquals(status == 304 || method.equals("HEAD") ? "" : "some text", Cache.text(answer));
            assertEquals(List.of(tag, "Accept-Encoding"), List.of(header(answer, "ETag"), header(answer, "Vary")));
            assertTrue(header(answer, "Age").matches("\\d+"));
            assertTrue(header(answer, "Cache-Status").startsWith("millrace; hit; ttl="));
        }
    }

    @Test
    void listsMayTakeSeveralLines() {
        String path = region() + "/k";
        String tag = store(path, "x", "Cache-Control", "public", "Cache-Control", "max-age=0", "Cache-Control",
                "stale-if-error=600");
        HttpResponse<byte[]> answer = get(path, "Cache-Control", "no-transform", "Cache-Control", "stale-if-error=9",
                "If-None-Match", "\"x\"", "If-None-Match", tag);
        assertEquals(304, answer.statusCode());
    }

    @Test
    void aHeadHasWhatAGetHasButTheBody() {
        String path = region() + "/k";
        String tag = store(path, "x".repeat(100), "Content-Type", "text/plain");
        HttpResponse<byte[]> answer = send(request(ADMIN, "HEAD", path, null));
        assertEquals(List.of("200 ", "text/plain", tag),
                List.of(brief(answer), header(answer, "Content-Type"), header(answer, "ETag")));
        assertTrue(List.of("", "100").contains(header(answer, "Content-Length")), header(answer, "Content-Length"));
        assertEquals("404 ", brief(send(request(ADMIN, "HEAD", path + "x", null))));
    }

    @Test
    void aMissIsAProblem() {
        String path = region() + "/k";
        HttpResponse<byte[]> answer = get(path);
        assertEquals("404 cache-miss", brief(answer));
        assertEquals(List.of("application/problem+json", "millrace; fwd=uri-miss"),
                List.of(header(answer, "Content-Type"), header(answer, "Cache-Status")));
    }

    @Test
    void thatThereIsNothingIsKnownForAWhile() {
        String path = region() + "/k";
        assertEquals(204, put(path + "?nothing=true", "").statusCode());
        HttpResponse<byte[]> answer = get(path);
        assertEquals("404 cache-nothing", brief(answer));
        assertTrue(header(answer, "Cache-Status").matches("millrace; hit; ttl=([1-5]?\\d|60); detail=nothing"),
                header(answer, "Cache-Status"));
        assertEquals("404 cache-nothing", read(path + "?lease=5s"), "that is an answer, too");
        store(path, "x");
        assertEquals("200 x", read(path));
        put(path + "?nothing=true", "", "Cache-Control", "max-age=1");
        await().atMost(PATIENCE).until(() -> read(path).equals("404 cache-miss"));
        assertEquals("400 invalid-request", brief(put(path + "?nothing=true", "x")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"max-age=1", "max-age=1000, s-maxage=1", "s-maxage=\"1\" , max-age=0",
            "Max-Age = 1, public, must-revalidate"})
    void endsWhenItWasSaid(String cacheControl) {
        String path = region() + "/k";
        long before = System.nanoTime();
        store(path, "x", "Cache-Control", cacheControl);
        await().atMost(PATIENCE).until(() -> read(path).equals("404 cache-miss"));
        assertTrue(System.nanoTime() - before >= 1_000_000_000L, "not before its time");
    }

    @Test
    void itsAgeGrowsAndItsTtlShrinks() {
        String path = region() + "/k";
        store(path, "x", "Cache-Control", "max-age=100");
        await().atMost(PATIENCE).until(() -> Integer.parseInt(header(get(path), "Age")) >= 2);
        HttpResponse<byte[]> answer = get(path);
        int ttl = Integer.parseInt(header(answer, "Cache-Status").replaceFirst("millrace; hit; ttl=(\\d+)", "$1"));
        assertTrue(ttl <= 98, () -> "ttl " + ttl);
        assertTrue(ttl + Integer.parseInt(header(answer, "Age")) >= 99, "both are of one moment");
    }

    @Test
    void ofTheStaleOneIsToldToComputeAndTheOthersAreServed() {
        String path = region() + "/k";
        store(path, "old", "Cache-Control", "max-age=0, stale-while-revalidate=600");
        HttpResponse<byte[]> stale = get(path);
        assertEquals("200 old", brief(stale));
        assertTrue(header(stale, "Cache-Status").matches("millrace; hit; ttl=-\\d+; detail=stale")
                || header(stale, "Cache-Status").equals("millrace; hit; ttl=0; detail=stale"),
                header(stale, "Cache-Status"));
        HttpResponse<byte[]> leased = get(path + "?lease=60s");
        assertEquals(List.of("404 cache-miss", "millrace; fwd=stale; detail=leased"),
                List.of(brief(leased), header(leased, "Cache-Status")));
        String lease = header(leased, "Cache-Lease");
        assertTrue(lease.matches("[A-Za-z0-9_-]{22}"), lease);
        for (int i = 0; i < 5; i++) {
            HttpResponse<byte[]> other = get(path + "?lease=60s&wait=30s");
            assertEquals("200 old", brief(other));
            assertTrue(header(other, "Cache-Status").endsWith("detail=stale"), header(other, "Cache-Status"));
        }
        assertEquals("200 old", read(path));
        store(path, "new", "Cache-Lease", lease);
        assertEquals("200 new", read(path + "?lease=60s"));
    }

    @Test
    void whatIsStaleOnErrorIsServedOnRequestAloneAndWithinItsBound() {
        String region = region();
        store(region + "/long", "x", "Cache-Control", "max-age=0, stale-if-error=600");
        assertEquals("404 cache-miss", read(region + "/long"));
        assertEquals("404 cache-miss", read(region + "/long", "Cache-Control", "max-stale=9, no-cache"));
        HttpResponse<byte[]> answer = get(region + "/long", "Cache-Control", "no-transform, stale-if-error=60");
        assertEquals("200 x", brief(answer));
        assertTrue(header(answer, "Cache-Status").endsWith("; detail=stale-if-error"), header(answer, "Cache-Status"));
        store(region + "/short", "x", "Cache-Control", "max-age=0, stale-if-error=1");
        await().atMost(PATIENCE)
                .until(() -> read(region + "/short", "Cache-Control", "stale-if-error").equals("404 cache-miss"));
        assertEquals("200 x", read(region + "/long", "Cache-Control", "stale-if-error"));
    }

    @Test
    void aNewValueReplacesAllOfTheOld() {
        String path = region() + "/k";
        store(path, "old", "Cache-Tag", "a", "Content-Type", "text/html", "Cache-Control",
                "max-age=1000, stale-while-revalidate=60");
        store(path, "new", "Cache-Tag", "b");
        delete(path.replace("/k", "?tag=a"));
        HttpResponse<byte[]> answer = get(path);
        assertEquals(List.of("200 new", "application/octet-stream"),
                List.of(brief(answer), header(answer, "Content-Type")));
    }

    @Test
    void anotherTenantSeesAndTouchesNothing() {
        String region = region();
        store(region + "/k", "main", "Cache-Tag", "t");
        assertEquals("404 cache-miss", brief(send(request(OTHER, "GET", region + "/k", null))));
        assertEquals(204, send(request(OTHER, "PUT", region + "/k", "other".getBytes(UTF_8))).statusCode());
        assertEquals("200 main", read(region + "/k"));
        for (String what : List.of(region + "/k", region + "?tag=t", region)) {
            assertEquals(204, send(request(OTHER, "DELETE", what, null)).statusCode());
        }
        assertEquals("200 main", read(region + "/k"));
        send(request(OTHER, "PUT", region + "/k", "other".getBytes(UTF_8)));
        assertEquals(204, delete(region).statusCode());
        assertEquals("200 other", brief(send(request(OTHER, "GET", region + "/k", null))));
    }

    @Test
    void whoMayReadMayNotWrite() {
        String region = region();
        store(region + "/k", "x", "Cache-Tag", "t");
        List<String> answers = new ArrayList<>();
        for (String[] call : new String[][]{{"PUT", "/k"}, {"DELETE", "/k"}, {"DELETE", ""}, {"DELETE", "?tag=t"},
                {"GET", "/k?lease=5s"}}) {
            answers.add(brief(send(request(CACHE_READER, call[0], region + call[1], null))));
            answers.add(brief(send(request(LIMITER, call[0], region + call[1], null))));
        }
        assertEquals(List.of("403 forbidden"), answers.stream().distinct().toList());
        assertEquals("200 x", brief(send(request(CACHE_READER, "GET", region + "/k", null))));
        assertEquals("403 forbidden", brief(send(request(LIMITER, "GET", region + "/k", null))));
        assertEquals(204, send(request(CACHER, "PUT", region + "/k", "y".getBytes(UTF_8))).statusCode());
        assertEquals("200 y", brief(send(request(CACHER, "GET", region + "/k?lease=5s", null))));
    }
}
