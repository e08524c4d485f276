package dev.millrace.cache;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.Api.CACHER;
import static dev.millrace.Api.CACHE_READER;
import static dev.millrace.Api.LIMITER;
import static dev.millrace.Api.OTHER;
import static dev.millrace.Api.as;
import static dev.millrace.Api.encode;
import static dev.millrace.Api.json;
import static dev.millrace.cache.Cache.brief;
import static dev.millrace.cache.Cache.region;
import static dev.millrace.cache.Cache.store;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.aMapWithSize;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;

import dev.millrace.redis.RedisConversation;

/**
 * Guarantees of the life of a region: defined, read, replaced, listed by pages, deleted; what it says holds for entries that
 * say nothing else, at once where it was defined, and soon where it was defined through another replica.
 */
@QuarkusTest
class RegionTest {

    private static final String REGIONS = "/v1/cache/regions/{region}";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    RedisConversation redis;

    @Test
    void isCreatedReadReplacedAndDeleted() {
        String name = region();
        as(ADMIN).get(REGIONS, name).then().statusCode(404).body("code", equalTo("region-unknown"));
        put(name, "{}").then().statusCode(201).header("Location", endsWith("/v1/cache/regions/" + name))
                .body("region", equalTo(name)).body("ttlMs", equalTo(3_600_000)).body("swrMs", equalTo(0))
                .body("sieMs", equalTo(0)).body("negativeTtlMs", equalTo(60_000))
                .body("maxValueBytes", equalTo(8_388_608)).body("compressAbove", equalTo(2048))
                .body("jitter.toString()", equalTo("0.0")).body("$", aMapWithSize(8));
        put(name, "{'ttl':'10m','swr':'PT1M','sie':1500,'negativeTtl':'30s','maxValueBytes':1000,'compressAbove':0,"
                + "'jitter':0.1}").then().statusCode(200);
        for (String key : List.of(ADMIN, CACHE_READER, CACHER)) {
            as(key).get(REGIONS, name).then().statusCode(200).contentType("application/json")
                    .body("ttlMs", equalTo(600_000)).body("swrMs", equalTo(60_000)).body("sieMs", equalTo(1500))
                    .body("negativeTtlMs", equalTo(30_000)).body("maxValueBytes", equalTo(1000))
                    .body("compressAbove", equalTo(0)).body("jitter.toString()", equalTo("0.1"));
        }
        as(ADMIN).delete(REGIONS, name).then().statusCode(204);
        as(ADMIN).delete(REGIONS, name).then().statusCode(404).body("code", equalTo("region-unknown"));
        as(ADMIN).get(REGIONS, name).then().statusCode(404);
    }

    @Test
    void whatItSaysHoldsForEntriesThatSayNothingElse() {
        String name = region();
        put(name, "{'ttl':1,'swr':'10m','sie':'20m','negativeTtl':'10s'}").then().statusCode(201);
        store(name + "/a", "x");
        await().atMost(PATIENCE).until(() -> status(name + "/a").endsWith("; detail=stale"));
        store(name + "/b", "x", "Cache-Control", "max-age=100");
        assertTrue(ttl(name + "/b") > 60, "an entry's own word counts");
        store(name + "/c", "x", "Cache-Control", "stale-while-revalidate=0");
        await().atMost(PATIENCE).until(() -> Cache.read(name + "/c").equals("404 cache-miss"));
        assertEquals("200 x", Cache.read(name + "/c", "Cache-Control", "stale-if-error"));
        store(name + "/d?nothing=true", "");
        assertTrue(ttl(name + "/d") <= 10, "what is nothing has a time of its own");
        as(ADMIN).delete(REGIONS, name).then().statusCode(204);
        assertEquals("200 x", Cache.read(name + "/b"), "entries stay");
        store(name + "/a", "x");
        assertTrue(ttl(name + "/a") > 3000, "the default again");
    }

    @Test
    void theTtlIsShortenedByJitterAndNotMore() {
        String name = region();
        put(name, "{'ttl':'1000s','jitter':0.5}").then().statusCode(201);
        List<Long> lives = IntStream.range(0, 200).mapToObj(i -> {
            store(name + "/" + i, "x");
            String[] state = ((String) redis.call("HGET", "mr:{main:c:0}:e:" + name + "/" + i, "s")).split(" ");
            return Long.parseLong(state[3]) - Long.parseLong(state[2]);
        }).sorted().toList();
        assertTrue(lives.get(0) >= 500_000 && lives.get(199) <= 1_000_000, lives::toString);
        // Of 200 even ones, one in a quarter is missing by a chance of 10^-25.
        assertTrue(lives.get(0) < 625_000 && lives.get(199) > 875_000, lives::toString);
    }

    @Test
    void bodiesMayHaveSoManyBytesAndNoMore() {
        String name = region();
        put(name, "{'maxValueBytes':100,'compressAbove':10}").then().statusCode(201);
        store(name + "/a", "x".repeat(100));
        assertEquals("413 too-large", brief(Cache.put(name + "/a", "y".repeat(101))));
        assertEquals("200 " + "x".repeat(100), Cache.read(name + "/a"));
        assertEquals("gzip", Cache.header(Cache.get(name + "/a", "Accept-Encoding", "gzip"), "Content-Encoding"));
        store(name + "/b", "x".repeat(10));
        assertEquals("", Cache.header(Cache.get(name + "/b", "Accept-Encoding", "gzip"), "Content-Encoding"));
    }

    @Test
    void followsWhatOtherReplicasDo() {
        String name = region();
        store(name + "/a", "x");
        String regions = "mr:{main:c:~regions}:";
        redis.call("HSET", regions + "all", name, json("{'ttl':5000000}"));
        redis.call("SET", regions + "version", "1." + System.nanoTime());
        await().atMost(PATIENCE).until(() -> {
            store(name + "/a", "x");
            return ttl(name + "/a") > 3600;
        });
        redis.call("HDEL", regions + "all", name);
        redis.call("SET", regions + "version", "2." + System.nanoTime());
        await().atMost(PATIENCE).until(() -> {
            store(name + "/a", "x");
            return ttl(name + "/a") <= 3600;
        });
    }

    @Test
    void isListedByPagesInOrderOfName() {
        String prefix = region() + "-";
        IntStream.range(0, 5).forEach(i -> put(prefix + i, "{}").then().statusCode(201));
        Response page = as(CACHE_READER).get("/v1/cache/regions?limit=2");
        List<String> seen = Stream.iterate(page, last -> last != null, last -> last.path("nextCursor") == null
                ? null
                : as(CACHE_READER).queryParam("cursor", last.<String>path("nextCursor")).queryParam("limit", 2)
                        .get("/v1/cache/regions"))
                .flatMap(p -> p.then().statusCode(200).extract().<List<String>>path("items.region").stream()).toList();
        assertEquals(seen.stream().sorted().distinct().toList(), seen);
        assertEquals(5, seen.stream().filter(name -> name.startsWith(prefix)).count());
        as(OTHER).get("/v1/cache/regions?limit=500").then().statusCode(200)
                .body("items.region", not(hasItem(prefix + 0)));
        as(ADMIN).get("/v1/cache/regions?limit=0").then().statusCode(400).body("violations.field", contains("limit"));
        as(ADMIN).get("/v1/cache/regions?cursor=!").then().statusCode(400);
    }

    @Test
    void onlyAnAdministratorDefines() {
        String name = region();
        put(name, "{}").then().statusCode(201);
        for (String key : List.of(CACHER, CACHE_READER, LIMITER)) {
            as(key, "{}").put(REGIONS, name).then().statusCode(403).body("code", equalTo("forbidden"));
            as(key).delete(REGIONS, name).then().statusCode(403);
        }
        as(LIMITER).get(REGIONS, name).then().statusCode(403);
        as(OTHER).get(REGIONS, name).then().statusCode(404);
        as(OTHER).delete(REGIONS, name).then().statusCode(404);
        as(ADMIN).get(REGIONS, name).then().statusCode(200);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "{'ttl':0} | ttl | between 1 ms and 400 days",
            "{'ttl':'401d'} | ttl | between 1 ms and 400 days",
            "{'ttl':-1} | ttl | must not be negative",
            "{'ttl':'soon'} | ttl | must be a duration",
            "{'swr':'401d'} | swr | between 0 ms and 400 days",
            "{'sie':34560000001} | sie | between 0 ms and 400 days",
            "{'negativeTtl':'0s'} | negativeTtl | between 1 ms and 400 days",
            "{'maxValueBytes':0} | maxValueBytes | between 1 and 67108864",
            "{'maxValueBytes':67108865} | maxValueBytes | between 1 and 67108864",
            "{'maxValueBytes':'1'} | maxValueBytes | a whole number",
            "{'maxValueBytes':99999999999} | maxValueBytes | out of range",
            "{'compressAbove':-1} | compressAbove | must not be negative",
            "{'jitter':-0.1} | jitter | between 0 and 0.5",
            "{'jitter':0.51} | jitter | between 0 and 0.5",
            "{'jitter':'much'} | jitter | ``",
            "{'tll':'1h'} | tll | not a known field",
            "[] | `` | must be an object",
            "null | `` | must be a region",
            "`` | `` | must be a region"})
    void wrongOnesAreRefused(String body, String field, String message) {
        String name = region();
        put(name, body).then().statusCode(400).contentType("application/problem+json")
                .body("code", equalTo("invalid-request")).body("violations.field", contains(field))
                .body("violations[0].message", containsString(message));
        as(ADMIN).get(REGIONS, name).then().statusCode(404);
    }

    @Test
    void reservedAndMalformedNamesAreRefused() {
        for (String name : List.of("regions", "a b", "a:b", "{a}", "ä", "x".repeat(65))) {
            put(name, "{}").then().statusCode(400).body("violations.field", contains("region"));
        }
        put("a".repeat(64), "{").then().statusCode(400).body("code", equalTo("malformed-json"));
    }

    private static Response put(String name, String definition) {
        return as(ADMIN, json(definition)).urlEncodingEnabled(false).put("/v1/cache/regions/" + encode(name));
    }

    private static String status(String path) {
        return Cache.header(Cache.get(path), "Cache-Status");
    }

    private static int ttl(String path) {
        return Integer.parseInt(status(path).replaceFirst(".*ttl=(-?\\d+).*", "$1"));
    }
}
