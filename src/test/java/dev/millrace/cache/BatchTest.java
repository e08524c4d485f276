package dev.millrace.cache;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.Api.CACHE_READER;
import static dev.millrace.Api.LIMITER;
import static dev.millrace.Api.OTHER;
import static dev.millrace.Api.as;
import static dev.millrace.Api.json;
import static dev.millrace.cache.Cache.put;
import static dev.millrace.cache.Cache.region;
import static dev.millrace.cache.Cache.store;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.Matchers.aMapWithSize;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;

/**
 * Guarantees of reading many entries at once: an item per key, in the order of the keys, each body exact; what is too much is
 * left out, and said to be; and nothing is leased or changed by it.
 */
@QuarkusTest
class BatchTest {

    private static final String BATCH = "/v1/cache/{region}/batch";

    @Test
    void hasAnItemPerKeyInOrder() {
        String region = region();
        byte[] bytes = {(byte) 0xff, 0, 1};
        String tag = store(region + "/text", "é💧", "Content-Type", "text/plain");
        put(region + "/bytes", bytes, "Content-Type", "image/png");
        store(region + "/long", "x".repeat(5000));
        store(region + "/empty", "");
        store(region + "/stale", "old", "Cache-Control", "max-age=0, stale-while-revalidate=600");
        store(region + "/nothing?nothing=true", "");
        store(region + "/a%2Fb%20%F0%9F%92%A7", "odd");
        Response answer = read(region, "'stale','text','missing','bytes','text','nothing','long','empty','a/b 💧'");
        answer.then().statusCode(200).contentType("application/json").body("items", hasSize(9))
                .body("items.key", contains("stale", "text", "missing", "bytes", "text", "nothing", "long", "empty",
                        "a/b 💧"))
                .body("items.status", contains("stale", "hit", "miss", "hit", "hit", "nothing", "hit", "hit", "hit"))
                .body("items[1]", aMapWithSize(6)).body("items[1].text", equalTo("é💧"))
                .body("items[1].etag", equalTo(tag)).body("items[1].contentType", equalTo("text/plain"))
                .body("items[1].age.toString()", matchesPattern("\\d+"))
                .body("items[2]", aMapWithSize(2)).body("items[3]", not(hasKey("text")))
                .body("items[3].base64", equalTo(Base64.getEncoder().encodeToString(bytes)))
                .body("items[5]", aMapWithSize(2)).body("items[6].text", equalTo("x".repeat(5000)))
                .body("items[7].text", equalTo("")).body("items[8].text", equalTo("odd"));
    }

    @Test
    void takesAHundredKeys() {
        String region = region();
        IntStream.range(0, 100).forEach(i -> store(region + "/" + i, "v" + i));
        String keys = IntStream.range(0, 100).mapToObj(i -> "'" + i + "'").collect(Collectors.joining(","));
        List<String> texts = read(region, keys).then().statusCode(200).extract().path("items.text");
        assertArrayEquals(IntStream.range(0, 100).mapToObj(i -> "v" + i).toArray(), texts.toArray());
        read(region, keys + ",'100'").then().statusCode(400).body("code", equalTo("invalid-request"))
                .body("violations.field", contains("get"));
    }

    @Test
    void whatWouldBeTooMuchIsLeftOut() {
        String region = region();
        byte[] large = new byte[5_000_000];
        new Random(1).nextBytes(large);
        large[0] = (byte) 0xff;
        put(region + "/large", large);
        put(region + "/larger", large);
        Response answer = read(region, "'large','larger'");
        answer.then().statusCode(200).body("items.status", contains("hit", "left-out")).body("items[1]",
                aMapWithSize(2));
        assertArrayEquals(large, Base64.getDecoder().decode(answer.<String>path("items[0].base64")));
    }

    @Test
    void knowsItsCaller() {
        String region = region();
        store(region + "/k", "x");
        as(CACHE_READER, "{\"get\":[\"k\"]}").post(BATCH, region).then().statusCode(200).body("items.text",
                contains("x"));
        as(OTHER, "{\"get\":[\"k\"]}").post(BATCH, region).then().statusCode(200).body("items.status",
                contains("miss"));
        as(LIMITER, "{\"get\":[\"k\"]}").post(BATCH, region).then().statusCode(403);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {"{} | get", "{'get':null} | get", "{'get':[]} | get",
            "{'get':'k'} | get", "{'get':[1]} | get[0]", "{'get':[null]} | get[0]", "{'get':['']} | get[0]",
            "{'get':['a\\u0000']} | get[0]", "{'get':['..']} | get[0]", "{'get':['\\ud83d']} | get[0]",
            "{'get':['k'],'wait':'1s'} | wait", "[] | ``",
            "null | get", "`` | get"})
    void wrongOnesAreRefused(String body, String field) {
        as(ADMIN, json(body)).post(BATCH, region()).then().statusCode(400)
                .contentType("application/problem+json").body("code", equalTo("invalid-request"))
                .body("violations.field", contains(field));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "{'get':['a'}", "{'get':['a']} x"})
    void brokenJsonIsRefused(String body) {
        as(ADMIN, json(body)).post(BATCH, region()).then().statusCode(400).body("code", equalTo("malformed-json"));
    }

    @Test
    void anotherMediaTypeIsRefused() {
        as(ADMIN).contentType("text/plain").body("{}").post(BATCH, region()).then().statusCode(415);
    }

    /** The path of a batch is also that of an entry. */
    @Test
    void anEntryMayHaveItsName() {
        String region = region();
        store(region + "/batch", "x");
        assertEquals("200 x", Cache.read(region + "/batch"));
        read(region, "'batch'").then().statusCode(200).body("items.status", contains("hit"));
        assertEquals(204, Cache.delete(region + "/batch").statusCode());
    }

    private static Response read(String region, String keys) {
        return as(ADMIN).contentType("application/json").body(json("{'get':[" + keys + "]}").getBytes(UTF_8))
                .post(BATCH, region);
    }
}
