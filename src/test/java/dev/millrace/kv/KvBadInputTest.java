package dev.millrace.kv;

import static dev.millrace.Api.COMMANDER;
import static dev.millrace.kv.Kv.get;
import static dev.millrace.kv.Kv.key;
import static dev.millrace.kv.Kv.post;
import static dev.millrace.kv.Kv.result;
import static dev.millrace.kv.Kv.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import com.fasterxml.jackson.databind.JsonNode;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;

/** Whatever is sent, the answer is JSON with an {@code error}, which the clients of the protocol insist on; and never a 500. */
@QuarkusTest
class KvBadInputTest {

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "{}", "null", "1", "'GET'", "[", "[]", "[[]]", "[[", "['GET'", "['GET',",
            "['GET','a'", "['GET' 'a']",
            "['GET','a']]", "['GET','a'] x", "['GET','a']['GET','a']", "['GET',null]", "[null]", "['GET',{}]",
            "['GET',{'a':1}]",
            "['GET',['a']]", "[['GET','a']]", "['GET','a", "{'a':['GET']}", "['GET',NaN]", "['GET',01]", "['GET',.5]",
            "['GET','\\x']",
            "['GET','\\ud800\\u']", "['GET','\\ud800']", "['GET','a\\ud800b']", "['GET','\\udf89\\ud83c']",
            "['\\udf89']", "\0", "\u0001", "['GET','a\u0001']", "[GET,a]", "//['GET','a']", "<xml/>",
            "['GET',-]", "[,]"})
    void whatIsNoCommandIsRefused(String body) {
        assertTrue(post("", body).error(400).startsWith("ERR "));
        assertTrue(post("/", body).error(400).startsWith("ERR "));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "[]", "null", "['GET','a']", "[['GET','a'],null]", "[['GET','a'],[]]",
            "[['GET','a'],1]",
            "[['GET','a'],['GET',null]]", "[['GET','a'],['GET',{}]]", "[['GET','a']", "[['GET','a'],",
            "[[['GET','a']]]",
            "[['GET','a']]]", "[{'GET':'a'}]"})
    void whatIsNoListOfCommandsIsRefused(String body) {
        for (String path : List.of("/pipeline", "/multi-exec")) {
            assertTrue(post(path, body).error(400).startsWith("ERR "), path);
        }
        assertTrue(get("/pipeline").error(400).startsWith("ERR "));
    }

    @Test
    void redisErrorsAreAnsweredWordByWord() {
        String k = key();
        result("SET", k, "x");
        assertEquals("ERR wrong number of arguments for 'get' command", run("GET").error(400));
        assertEquals("ERR wrong number of arguments for 'get' command", get("/get").error(400));
        assertEquals("ERR wrong number of arguments for 'get' command", run("GET", "a", "b").error(400));
        assertEquals("ERR unknown command 'NOSUCH', with args beginning with: 'a' 'b' ",
                run("nosuch", "a", "b").error(400));
        assertEquals("ERR value is not an integer or out of range", run("INCR", k).error(400));
        assertTrue(run("LPUSH", k, "x").error(400).startsWith("WRONGTYPE "));
        assertEquals("ERR syntax error", run("SET", k, "x", "EX").error(400));
        assertTrue(run("XGROUP", "NOSUCH", k).error(400).matches("(ERR|NOPERM) .*"));
        assertTrue(run("x".repeat(100_000), "y".repeat(100_000)).error(400).length() < 500);
    }

    @Test
    void argumentsAreTakenAsTheyAreWritten() {
        String k = key();
        for (String number : List.of("1e400", "-0", "1.50", "123456789012345678901234567890", "9223372036854775808",
                "1E+2")) {
            assertEquals("OK", post("", "['SET','" + k + "'," + number + "]").result().textValue());
            assertEquals(number, result("GET", k).textValue());
        }
        post("", "['SET','" + k + "','a\\u0000b\\ud83c\\udf89\\\\\\'\\/']").result();
        assertEquals("a\0b🎉\\\"/", result("GET", k).textValue());
        post("", "['SET','" + k + "',false]").result();
        assertEquals("false", result("GET", k).textValue());
        post("", "\n\t[ 'SET' , '" + k + "' , '' ]\r\n").result();
        assertEquals("", result("GET", k).textValue());
        assertTrue(post("", "['SET','" + k + "'," + "9".repeat(5000) + "]").error(400).startsWith("ERR "));
    }

    @Test
    void garbageIsRefused() {
        Random random = new Random(1);
        for (int i = 0; i < 200; i++) {
            byte[] garbage = new byte[random.nextInt(200)];
            random.nextBytes(garbage);
            for (String path : List.of("", "/pipeline", "/multi-exec")) {
                Kv.send(COMMANDER, "POST", path, garbage).error(400);
            }
        }
        for (int depth : List.of(2, 900, 1100, 100_000)) {
            for (String path : List.of("", "/pipeline", "/multi-exec")) {
                post(path, "[".repeat(depth)).error(400);
                post(path, "[".repeat(depth) + "]".repeat(depth)).error(400);
                post(path, "['GET'," + "{'a':".repeat(depth)).error(400);
            }
        }
        Kv.send(COMMANDER, "POST", "",
                new byte[]{'[', '"', 'G', 'E', 'T', '"', ',', '"', (byte) 0xff, (byte) 0xfe, '"', ']'}).error(400);
    }

    @Test
    void valuesOf5MegabytesGoBothWays() {
        String k = key();
        byte[] value = new byte[5_000_000];
        new Random(2).nextBytes(value);
        assertEquals("OK", Kv.send(COMMANDER, "POST", "/set/" + k, value).result().textValue());
        JsonNode back = Kv.send(COMMANDER, "GET", "/get/" + k, null, "Upstash-Encoding", "base64").result();
        assertEquals(java.util.Base64.getEncoder().encodeToString(value), back.textValue());
        String text = "é".repeat(2_500_000);
        result("SET", k, text);
        assertEquals(text, result("GET", k).textValue());
        result("DEL", k);
        // As JSON they are no bytes: what is no UTF-8 is replaced.
        Kv.send(COMMANDER, "POST", "/set/" + k, new byte[]{'a', (byte) 0xff, 'b'}).result();
        assertEquals("a\ufffdb", result("GET", k).textValue());
    }

    @Test
    void largerBodiesAreRefusedAndTheAnswerArrives() {
        byte[] large = new byte[11 * 1024 * 1024];
        for (String path : List.of("", "/pipeline", "/multi-exec", "/set/" + key())) {
            assertTrue(Kv.send(COMMANDER, "POST", path, large).error(413).startsWith("ERR max request size exceeded"));
        }
        assertEquals("PONG", result("PING").textValue());
    }

    /** One that is sent in chunks tells its size only by being too large. */
    @Test
    void aLargeBodyInChunksIsRefused() throws IOException {
        byte[] chunk = ("100000\r\n" + "x".repeat(1024 * 1024) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        try (Socket socket = new Socket("localhost", RestAssured.port)) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream()
                    .write(("POST /redis/set/a HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + COMMANDER
                            + "\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            for (int i = 0; i < 11; i++) {
                socket.getOutputStream().write(chunk);
            }
            socket.getOutputStream().write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(answer.startsWith("HTTP/1.1 413 "), answer);
            assertTrue(answer.contains("{\"error\":\"ERR max request size exceeded"), answer);
        }
    }

    /** By the HTTP server itself, before anybody looks at the path; without a body, therefore. */
    @ParameterizedTest
    @ValueSource(strings = {"/get/%", "/get/a%2", "/get/a%zz", "/get/a%+1", "/set/a/b?EX=%", "/set/a/b?%2", "/%",
            "/subscribe/a%", "/get/%%41"})
    void brokenPercentEscapesAreRefused(String path) throws IOException {
        String answer = rawGet("/redis" + path);
        assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/redis/../redis/get/a", "/v1/../redis/get/a", "/redis//get/a", "/redis/./get/a",
            "/redis/get/../../x",
            "/%72edis/get/a", "/redis;a/get/a", "/redis/", "/redis", "/redis?", "/redis/?a=b", "/redis//", "/redis/;",
            "/redis/get;/a",
            "//redis/get/a"})
    void oddPathsAreAnsweredAndNever500(String path) throws IOException {
        String answer = rawGet(path);
        assertTrue(answer.matches("(?s)HTTP/1.1 (200|4\\d\\d) .*"), answer);
        assertTrue(answer.contains("\r\n\r\n{"), answer);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/%72edis/ping", "//redis/ping", "/v1/../redis/ping", "/./redis/ping", "/redi%73"})
    void aPathThatOnlyLeadsHereIsRefused(String path) throws IOException {
        String answer = rawGet(path);
        assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
        assertTrue(answer.contains("{\"error\":\"ERR the path must begin with /redis"), answer);
    }

    @Test
    void aLongPathIsAnswered() throws IOException {
        assertTrue(rawGet("/redis/get/" + "a".repeat(4_000)).startsWith("HTTP/1.1 200 "));
        assertTrue(rawGet("/redis/get/" + "a".repeat(100_000)).contains(" 414 "));
    }

    private static String rawGet(String path) throws IOException {
        try (Socket socket = new Socket("localhost", RestAssured.port)) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream().write(("GET " + path + " HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + COMMANDER
                    + "\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
