package dev.millrace.kv;

import static dev.millrace.Api.COMMANDER;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.test.junit.QuarkusTest;

import dev.millrace.Api;
import dev.millrace.Configs;

/** Browsers: pages of the configured origins, and no others, may call /redis. */
@QuarkusTest
class KvCorsTest {

    private static final String APP = "https://app.example.com";

    private static Kv.Answer preflight(String path, String origin, String... more) {
        String[] headers = new String[4 + more.length];
        headers[0] = "Origin";
        headers[1] = origin;
        headers[2] = "Access-Control-Request-Method";
        headers[3] = "POST";
        System.arraycopy(more, 0, headers, 4, more.length);
        return Kv.send(null, "OPTIONS", path, null, headers);
    }

    @Test
    void aPreflightNeedsNoKey() {
        for (String path : new String[]{"", "/", "/pipeline", "/set/a/b", "/subscribe/x"}) {
            Kv.Answer answer = preflight(path, APP, "Access-Control-Request-Headers",
                    "authorization,content-type,upstash-sync-token");
            assertEquals(204, answer.status(), path);
            assertEquals(0, answer.bytes().length);
            assertEquals(APP, answer.header("Access-Control-Allow-Origin"));
            assertEquals("GET, HEAD, POST, PUT", answer.header("Access-Control-Allow-Methods"));
            assertEquals("authorization,content-type,upstash-sync-token",
                    answer.header("Access-Control-Allow-Headers"));
            assertEquals("600", answer.header("Access-Control-Max-Age"));
            assertEquals("Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
                    answer.header("Vary"));
            assertEquals("", answer.header("Access-Control-Allow-Credentials"));
        }
        assertEquals(204, preflight("", "http://localhost:3000").status());
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://evil.example.com", "http://app.example.com", "https://app.example.com:444", "null",
            "https://app.example.com.evil.org"})
    void otherOriginsAreRefused(String origin) {
        Kv.Answer answer = preflight("", origin);
        assertEquals("ERR the origin is not allowed", answer.error(403));
        assertEquals("", answer.header("Access-Control-Allow-Origin"));
        Kv.Answer read = Kv.send(COMMANDER, "GET", "/ping", null, "Origin", origin);
        assertEquals(200, read.status());
        assertEquals("", read.header("Access-Control-Allow-Origin"));
        assertEquals("Origin", read.header("Vary"));
    }

    @Test
    void aPageReadsResultsErrorsAndTheToken() {
        Kv.Answer answer = Kv.send(COMMANDER, "POST", "", Kv.json(java.util.List.of("PING")), "Origin", APP);
        assertEquals("PONG", answer.result().textValue());
        assertEquals(APP, answer.header("Access-Control-Allow-Origin"));
        assertTrue(answer.header("Access-Control-Expose-Headers").contains("upstash-sync-token"));
        assertEquals("Origin", answer.header("Vary"));
        Kv.Answer refused = Kv.send(null, "GET", "/ping", null, "Origin", APP);
        assertEquals(401, refused.status());
        assertEquals(APP, refused.header("Access-Control-Allow-Origin"));
        assertEquals(405, Kv.send(COMMANDER, "DELETE", "/ping", null, "Origin", APP).status());
    }

    @Test
    void optionsThatAreNoPreflightAreNotAllowed() {
        assertEquals(405, Kv.send(COMMANDER, "OPTIONS", "/ping", null).status());
        assertEquals(405, Kv.send(COMMANDER, "OPTIONS", "/ping", null, "Origin", APP).status());
    }

    @Test
    void otherPathsAreUnaffected() {
        String allowed = Api.as(Api.LIMITER).header("Origin", APP).get("/v1/ratelimit/policies")
                .header("Access-Control-Allow-Origin");
        assertEquals(null, allowed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"app.example.com", "https://app.example.com/", "https://*.example.com", "https://a@b",
            "https://app.example.com?x", "null", "https://"})
    void whatIsNoOriginIsRefusedAtStart(String origin) {
        KvConfig config = Configs.of(KvConfig.class, "millrace.kv.cors-origins", origin);
        assertTrue(assertThrows(ConfigurationException.class, () -> new KvCors(config)).getMessage()
                .startsWith("millrace.kv.cors-origins: "));
    }

    @Test
    void anyOriginIsPossible() {
        KvCors cors = new KvCors(Configs.of(KvConfig.class, "millrace.kv.cors-origins", "*"));
        assertEquals("*", cors.allowed("https://any.example.org"));
        assertEquals("*", cors.allowed("null"));
        assertNull(cors.allowed(null));
    }
}
