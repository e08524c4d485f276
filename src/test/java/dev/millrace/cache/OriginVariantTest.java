package dev.millrace.cache;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.Api.as;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;

import dev.millrace.cache.StubOrigin.Answer;

/** Responses that vary by header fields of requests: one entry for each variant, up to a bound, where the region says so. */
@QuarkusTest
class OriginVariantTest extends OriginFixture {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private Response in(String language) {
        return language.isEmpty()
                ? read("k")
                : as(ADMIN).header("Accept-Language", language).get("/v1/cache/{region}/k", region);
    }

    private void byLanguage(String... fields) {
        origin.on("k", (times, exchange) -> Answer.ok(
                "in " + exchange.getRequestHeaders().getFirst("Accept-Language"), fields));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Accept-Language", "accept-language, Accept-Encoding", "ACCEPT-LANGUAGE"})
    void eachVariantIsStored(String vary) {
        define(",'vary':['Accept-Language']");
        as(ADMIN).get("/v1/cache/regions/" + region).then().body("vary", contains("Accept-Language"));
        byLanguage("Vary", vary);
        for (int i = 0; i < 2; i++) {
            for (String language : List.of("de", "fr", "")) {
                in(language).then().statusCode(200).body(equalTo("in " + (language.isEmpty() ? "null" : language)))
                        .header("Vary", "Accept-Encoding, accept-language")
                        .header("Cache-Status", i == 0 ? containsString("; stored") : startsWith("millrace; hit"));
            }
        }
        assertEquals(3, origin.count("k"));
        as(ADMIN).delete("/v1/cache/{region}/k", region).then().statusCode(204);
        in("fr").then().header("Cache-Status", containsString("; stored"));
        as(ADMIN).delete("/v1/cache/{region}", region).then().statusCode(204);
        in("fr").then().header("Cache-Status", containsString("; stored"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Accept-Language, X-Other", "*", "Accept-Language, *", "Cookie"})
    void whatVariesByMoreIsNotStored(String vary) {
        define(",'vary':['Accept-Language']");
        byLanguage("Vary", vary);
        for (int i = 0; i < 2; i++) {
            in("de").then().body(equalTo("in de")).header("Cache-Status", containsString("not-stored"));
        }
    }

    @Test
    void variantsAreBounded() {
        define(",'vary':['Accept-Language']");
        byLanguage("Vary", "Accept-Language");
        for (int i = 0; i < CacheStore.MAX_VARIANTS; i++) {
            in("l" + i).then().header("Cache-Status", containsString("; stored"));
        }
        for (int i = 0; i < 2; i++) {
            in("more").then().statusCode(200).body(equalTo("in more")).header("Cache-Status",
                    containsString("not-stored"));
        }
        in("l0").then().header("Cache-Status", startsWith("millrace; hit"));
    }

    @Test
    void writesAndBatchesSelectAVariantByTheirFields() {
        define(",'vary':['Accept-Language']");
        byLanguage("Vary", "Accept-Language");
        String de = in("de").header("ETag");
        String fr = in("fr").header("ETag");
        write("de", "If-Match", fr).put("/v1/cache/{region}/k", region).then().statusCode(412);
        write("de", "If-None-Match", "*").put("/v1/cache/{region}/k", region).then().statusCode(412);
        write("it", "If-Match", "*").delete("/v1/cache/{region}/k", region).then().statusCode(412);
        write("de", "If-Match", de).body("neu").put("/v1/cache/{region}/k", region).then().statusCode(204);
        in("de").then().body(equalTo("neu")).header("Vary", "Accept-Encoding, accept-language");
        in("fr").then().body(equalTo("in fr")).header("Cache-Status", startsWith("millrace; hit"));
        as(ADMIN, "{\"get\":[\"k\"]}").header("Accept-Language", "fr").post("/v1/cache/{region}/batch", region).then()
                .body("items.text", contains("in fr"));
        as(ADMIN, "{\"get\":[\"k\"]}").post("/v1/cache/{region}/batch", region).then()
                .body("items.status", contains("miss"));
        write("fr", "If-Match", de).delete("/v1/cache/{region}/k", region).then().statusCode(412);
        write("fr", "If-Match", fr).delete("/v1/cache/{region}/k", region).then().statusCode(204);
        in("de").then().body(equalTo("in de"));
    }

    private RequestSpecification write(String language, String field, String value) {
        return as(ADMIN).header("Accept-Language", language).header(field, value);
    }

    @Test
    void aWriteBeyondTheBoundIsRefused() {
        define(",'vary':['Accept-Language']");
        for (int i = 0; i <= CacheStore.MAX_VARIANTS; i++) {
            as(ADMIN).header("Accept-Language", "l" + i).body("x").put("/v1/cache/{region}/k", region).then()
                    .statusCode(i < CacheStore.MAX_VARIANTS ? 204 : 409);
        }
        as(ADMIN).header("Accept-Language", "more").body("x").put("/v1/cache/{region}/k", region).then()
                .body("code", equalTo("variant-limit"));
        as(ADMIN).header("Accept-Language", "l0").body("x").put("/v1/cache/{region}/k", region).then().statusCode(204);
    }

    @Test
    void aPurgedTagHidesTheVariantsThatHaveIt() {
        define(",'vary':['Accept-Language']");
        origin.on("k", (times, exchange) -> {
            String language = exchange.getRequestHeaders().getFirst("Accept-Language");
            return Answer.ok("in " + language, "Vary", "Accept-Language", "Cache-Tag", "tag-" + language);
        });
        in("de");
        in("fr");
        as(ADMIN).delete("/v1/cache/{region}?tag=tag-de", region).then().statusCode(204);
        in("de").then().header("Cache-Status", containsString("; stored"));
        in("fr").then().header("Cache-Status", startsWith("millrace; hit"));
    }

    @Test
    void aVariantIsRevalidatedWithItsOwnFields() {
        define(",'vary':['Accept-Language']");
        origin.on("k", (times, exchange) -> {
            String language = exchange.getRequestHeaders().getFirst("Accept-Language");
            String tag = '"' + language + '"';
            return tag.equals(exchange.getRequestHeaders().getFirst("If-None-Match"))
                    ? Answer.status(304, "X-Again", language)
                    : Answer.ok("in " + language, "ETag", tag, "Vary", "Accept-Language", "Cache-Control", "max-age=1");
        });
        in("de");
        in("fr");
        for (String language : List.of("de", "fr")) {
            await().atMost(PATIENCE).untilAsserted(() -> in(language).then().body(equalTo("in " + language))
                    .header("X-Again", language));
        }
    }

    @Test
    void withoutTheSettingNothingIsSentAndNothingStored() {
        define("");
        byLanguage("Vary", "Accept-Language");
        for (int i = 0; i < 2; i++) {
            in("de").then().body(equalTo("in null")).header("Cache-Status", containsString("not-stored"));
        }
    }

    @Test
    void credentialsAreNoVariant() {
        for (String name : List.of("Authorization", "Cookie", "a b", "Content-Type")) {
            as(ADMIN, "{\"vary\":[\"" + name + "\"]}").put("/v1/cache/regions/" + region).then().statusCode(400)
                    .body("violations[0].field", equalTo("vary"));
        }
    }
}
