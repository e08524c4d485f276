package dev.millrace.kv;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.Api.COMMANDER;
import static dev.millrace.Api.COMMAND_READER;
import static dev.millrace.Api.LIMITER;
import static dev.millrace.kv.Kv.get;
import static dev.millrace.kv.Kv.key;
import static dev.millrace.kv.Kv.post;
import static dev.millrace.kv.Kv.result;
import static dev.millrace.kv.Kv.run;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;

import io.quarkus.test.junit.QuarkusTest;

import dev.millrace.Api;
import dev.millrace.redis.RedisConversation;

/** Redis over HTTP: commands in body and path, pipelines, transactions, and how they are answered. */
@QuarkusTest
class KvTest {

    RedisConversation redis;

    @Test
    void aCommandIsTheBodyOrThePath() {
        String k = key();
        assertEquals("OK", result("SET", k, "v", "EX", 100).textValue());
        assertEquals("v", get("/get/" + k).result().textValue());
        assertEquals("v", get("/GET/" + k).result().textValue());
        assertEquals("OK", get("/set/" + k + "/w/EX/100").result().textValue());
        assertEquals("w", post("/", "['get','" + k + "']").result().textValue());
        assertTrue(result("TTL", k).intValue() > 90);
        assertTrue(result("GET", key()).isNull());
        assertEquals(2.5, result("INCRBYFLOAT", key(), 2.5).asDouble());
        assertEquals("true", post("", "['ECHO',true]").result().textValue());
    }

    @Test
    void thePathIsDecodedOnce() {
        String k = key();
        get("/set/" + k + "%2Fa%20b/%25%32%46+%C3%A4%00").result();
        assertEquals("%2F+ä\0", result("GET", k + "/a b").textValue());
        get("/set/" + k + "/").result();
        assertEquals("", result("GET", k).textValue());
        assertEquals("x", get("/getset//x").result().asText("x"));
        assertEquals("x", result("GETDEL", "").textValue());
    }

    @Test
    void theBodyIsTheLastOfThePathAndTheQueryFollowsIt() {
        String k = key();
        byte[] binary = new byte[256];
        IntStream.range(0, 256).forEach(i -> binary[i] = (byte) i);
        for (String method : List.of("POST", "PUT")) {
            assertEquals("OK", Kv.send(COMMANDER, method, "/set/" + k + "?EX=100&nx", binary).result().textValue());
            assertTrue(result("TTL", k).intValue() > 90);
            JsonNode got = Kv.send(COMMANDER, "GET", "/getdel/" + k, null, "Upstash-Encoding", "base64").result();
            assertArrayEquals(binary, Base64.getDecoder().decode(got.textValue()));
        }
        get("/set/" + k + "?a+b%2Bc").result();
        assertEquals("a b+c", result("GET", k).textValue());
        get("/set/" + k + "?x&GET=&_token=nothing").result();
        assertEquals("x", result("GET", k).textValue());
    }

    @Test
    void otherMethods() {
        String k = key();
        Kv.Answer head = Kv.send(COMMANDER, "HEAD", "/set/" + k + "/v", null);
        assertEquals(200, head.status());
        assertEquals(0, head.bytes().length);
        assertEquals("v", result("GET", k).textValue());
        for (String method : List.of("DELETE", "PATCH", "OPTIONS")) {
            Kv.Answer answer = Kv.send(COMMANDER, method, "/del/" + k, null);
            answer.error(405);
            assertEquals("GET, HEAD, POST, PUT", answer.header("Allow"));
        }
        assertEquals("v", result("GET", k).textValue());
    }

    @Test
    void eachCommandOfAPipelineHasAnOutcomeOfItsOwn() {
        String k = key();
        List<JsonNode> outcomes = Kv.pipeline(COMMANDER, List.of(List.of("SET", k, "text"), List.of("INCR", k),
                List.of("NO SUCH", "a"), List.of("KEYS", k + "*"), List.of("SET", k + "2", 1), List.of("GET"),
                List.of("SELECT", 0), List.of("KEYS", k + "*"), List.of("EVALSHA", "f".repeat(40), 0),
                List.of("FLUSHALL", "NOW"), List.of("GET", k), List.of("BLPOP", k, 0)));
        assertEquals("OK", outcomes.get(0).path("result").textValue());
        assertEquals("ERR value is not an integer or out of range", outcomes.get(1).path("error").textValue());
        assertEquals("ERR unknown command 'NO SUCH', with args beginning with: 'a' ",
                outcomes.get(2).path("error").textValue());
        assertEquals(1, outcomes.get(3).path("result").size());
        assertEquals("OK", outcomes.get(4).path("result").textValue());
        assertEquals("ERR wrong number of arguments for 'get' command", outcomes.get(5).path("error").textValue());
        assertEquals("NOPERM this user has no permissions to run the 'select' command",
                outcomes.get(6).path("error").textValue());
        assertEquals(2, outcomes.get(7).path("result").size());
        assertTrue(outcomes.get(8).path("error").textValue().startsWith("NOSCRIPT "));
        assertTrue(outcomes.get(9).path("error").textValue().startsWith("ERR "), outcomes.get(9)::toString);
        assertEquals("text", outcomes.get(10).path("result").textValue());
        assertTrue(outcomes.get(11).path("error").textValue().startsWith("NOPERM "));
    }

    @Test
    void aPipelineRunsInOrderAndMayBeLong() {
        String k = key();
        List<List<Object>> commands = new ArrayList<>();
        IntStream.range(0, 1000).forEach(i -> commands.add(List.of("INCR", k)));
        List<JsonNode> outcomes = Kv.pipeline(COMMANDER, commands);
        for (int i = 0; i < 1000; i++) {
            assertEquals(i + 1, outcomes.get(i).path("result").intValue());
        }
        IntStream.range(0, 9_001).forEach(i -> commands.add(List.of("INCR", k)));
        for (String path : List.of("/pipeline", "/multi-exec")) {
            assertEquals("ERR a request may contain at most 10000 commands",
                    Kv.send(COMMANDER, "POST", path, Kv.json(commands)).error(400));
        }
        assertEquals("1000", result("GET", k).textValue());
        Kv.pipeline(COMMANDER, commands.subList(0, 10_000));
        assertEquals("11000", result("GET", k).textValue());
    }

    @Test
    void aTransactionIsRunWhole() {
        String k = key();
        Kv.Answer some = post("/multi-exec", "[['SET','" + k + "','x'],['INCR','" + k + "'],['GET','" + k + "']]");
        assertEquals(200, some.status());
        assertEquals("[{'result':'OK'},{'error':'ERR value is not an integer or out of range'},{'result':'x'}]"
                .replace('\'', '"'), some.json().toString());
        List<CompletableFuture<JsonNode>> pairs = IntStream.range(0, 100).mapToObj(i -> CompletableFuture.supplyAsync(
                () -> post("/multi-exec", "[['INCR','" + k + "n'],['INCR','" + k + "n']]").json())).toList();
        Set<Integer> firsts = new HashSet<>();
        for (CompletableFuture<JsonNode> pair : pairs) {
            int first = pair.join().at("/0/result").intValue();
            assertEquals(first + 1, pair.join().at("/1/result").intValue());
            assertTrue(firsts.add(first));
        }
    }

    @Test
    void aTransactionThatCannotBeRunIsNotRunAtAll() {
        String k = key();
        for (String bad : List.of("['SET','" + k + "']", "['NOSUCH']", "['SELECT',0]", "['EXEC']", "['DISCARD']",
                "['EVALSHA','" + "a".repeat(40) + "',0]", "['KEYS','*']", "['MULTI']", "['WATCH','a']")) {
            String error = post("/multi-exec", "[['SET','" + k + "','x']," + bad + ",['SET','" + k + "','y']]")
                    .error(400);
            assertTrue(error.matches("(EXECABORT|NOPERM|ERR|NOSCRIPT) .*"), error);
            assertTrue(result("GET", k).isNull(), bad);
        }
        assertEquals("OK", result("SET", k, "x").textValue());
    }

    @Test
    void base64EncodesEveryStringAndNothingElse() {
        String k = key();
        byte[] body = Kv.json(List.of(List.of("SET", k, "OK"), List.of("GET", k), List.of("MGET", k, k + "none"),
                List.of("STRLEN", k), List.of("INCR", k), List.of("EVAL", "return {'a',{'OK',1,{'b'}},false}", 0),
                List.of("PING"), List.of("KEYS", k), List.of("TYPE", k), List.of("GET", k + "none")));
        Kv.Answer answer = Kv.send(COMMANDER, "POST", "/pipeline", body, "Upstash-Encoding", "base64");
        String ok = base64("OK");
        assertEquals(("[{'result':'OK'},{'result':'" + ok + "'},{'result':['" + ok + "',null]},{'result':2},"
                + "{'error':'ERR value is not an integer or out of range'},"
                + "{'result':['" + base64("a") + "',['" + ok + "',1,['" + base64("b") + "']],null]},{'result':'"
                + base64("PONG") + "'},{'result':['" + base64(k) + "']},{'result':'" + base64("string")
                + "'},{'result':null}]").replace('\'', '"'), answer.json().toString());
        assertEquals("OK", Kv.send(COMMANDER, "GET", "/set/" + k + "/v", null, "Upstash-Encoding", "base64").result()
                .textValue());
    }

    @Test
    void mapsAreFlat() {
        String k = key();
        result("HSET", k, "a", 1, "b", 2);
        assertEquals("[\"a\",\"1\",\"b\",\"2\"]", result("HGETALL", k).toString());
    }

    @Test
    void resp2IsAnsweredAsRedisWould() {
        String k = key();
        String[] header = {"Upstash-Response-Format", "resp2"};
        result("RPUSH", k, "a", "");
        assertEquals("*2\r\n$1\r\na\r\n$0\r\n\r\n", resp(post("", "['LRANGE','" + k + "',0,-1]", header)));
        assertEquals("+PONG\r\n", resp(post("", "['PING']", header)));
        assertEquals("$-1\r\n", resp(post("", "['GET','" + k + "none']", header)));
        assertEquals(
                "*3\r\n:2\r\n-WRONGTYPE Operation against a key holding the wrong kind of value\r\n*1\r\n$" + k.length()
                        + "\r\n" + k + "\r\n",
                resp(post("/pipeline", "[['LLEN','" + k + "'],['GET','" + k + "'],['KEYS','" + k + "']]", header)));
        post("/multi-exec", "[['PING']]", header).error(400);
        post("", "['PING']", "Upstash-Response-Format", "resp2", "Upstash-Encoding", "base64").error(400);
    }

    @Test
    void theSyncTokenChangesWithEachWrite() {
        Set<String> tokens = new HashSet<>();
        for (int i = 0; i < 10; i++) {
            tokens.add(run("SET", "sync", i).header("upstash-sync-token"));
        }
        assertEquals(10, tokens.size());
        tokens.add(post("/multi-exec", "[['SET','sync',1]]").header("upstash-sync-token"));
        tokens.add(post("/pipeline", "[['GET','sync'],['SET','sync',1]]").header("upstash-sync-token"));
        assertEquals(12, tokens.size());
        String before = run("GET", "sync").header("upstash-sync-token");
        assertEquals(before, run("GET", "sync").header("upstash-sync-token"));
        assertNotEquals("", before);
        assertNotEquals(before, run("SCRIPT", "FLUSH").header("upstash-sync-token"));
    }

    @Test
    void parallelWritesHaveTokensOfTheirOwn() throws Exception {
        Set<String> tokens = ConcurrentHashMap.newKeySet();
        ExecutorService threads = Executors.newFixedThreadPool(20);
        for (int i = 0; i < 200; i++) {
            threads.submit(() -> tokens.add(run("INCR", "sync").header("upstash-sync-token")));
        }
        threads.shutdown();
        assertTrue(threads.awaitTermination(60, TimeUnit.SECONDS));
        assertEquals(200, tokens.size());
    }

    @Test
    void refusalsNameTheSubcommand() {
        for (List<String> words : List.of(List.of("CLIENT", "KILL"), List.of("config", "Set"),
                List.of("DEBUG", "SLEEP"),
                List.of("SCRIPT", "KILL"), List.of("ACL", "SETUSER"), List.of("MEMORY", "DOCTOR"))) {
            String name = words.get(0).toLowerCase(Locale.ROOT) + '|' + words.get(1).toLowerCase(Locale.ROOT);
            assertEquals("NOPERM this user has no permissions to run the '" + name + "' command",
                    run(words.toArray()).error(400));
        }
        assertEquals("NOPERM this user has no permissions to run the 'client' command",
                run("CLIENT", "KILL'; x").error(400));
        assertTrue(run("EVAL", "return redis.call('CONFIG', 'GET', '*')", 0).error(400)
                .contains("NOPERM this user has no permissions to run the 'CONFIG|GET' command"));
    }

    @Test
    void functionsSayThatTheyAreNotSupported() {
        for (List<String> words : List.of(List.of("FUNCTION", "LOAD", "#!lua name=x"), List.of("FCALL", "f", "0"),
                List.of("FCALL_RO", "f", "0"), List.of("function", "list"))) {
            String error = run(words.toArray()).error(400);
            assertTrue(error.startsWith("NOPERM "), error);
            assertTrue(error.contains("functions are not supported") && error.contains("EVAL"), error);
        }
    }

    @Test
    void keysAreFoundHoweverManyThereAre() {
        String k = key();
        for (int step = 0; step < 3; step++) {
            List<Object> mset = new ArrayList<>(List.of("MSET"));
            for (int i = 0; i < 4000; i++) {
                mset.add(k + ":" + step + ":" + i);
                mset.add("x");
            }
            assertEquals("OK", result(mset.toArray()).textValue());
        }
        Set<String> found = new HashSet<>();
        JsonNode answer = result("KEYS", k + ":*");
        answer.forEach(name -> found.add(name.textValue()));
        assertEquals(12_000, answer.size());
        assertEquals(12_000, found.size());
        assertEquals(1, result("keys", k + ":0:17").size());
        assertEquals("[]", result("KEYS", k + "none").toString());
        assertTrue(run("KEYS").error(400).startsWith("ERR wrong number of arguments"));
        result("EVAL", "local c = '0' repeat local r = redis.call('SCAN', c, 'MATCH', ARGV[1], 'COUNT', 1000) c = r[1] "
                + "for _, k in ipairs(r[2]) do redis.call('UNLINK', k) end until c == '0'", 0, k + "*");
    }

    @Test
    void flushallLeavesTheServicesOwnDatabase() {
        String policy = Api.policy("fixed-window", 1);
        Api.as(ADMIN).post("/v1/ratelimit/" + policy + "/me").then().statusCode(200);
        long before = redis.number("DBSIZE");
        result("SET", key(), "x");
        assertEquals("OK", result("FLUSHALL", "SYNC").textValue());
        assertEquals(0, result("DBSIZE").intValue());
        result("SET", key(), "x");
        assertEquals("[{\"result\":\"OK\"}]", post("/multi-exec", "[['flushall']]").json().toString());
        assertEquals(0, result("DBSIZE").intValue());
        assertTrue(before > 0 && redis.number("DBSIZE") >= before - 1, "keys of the service are gone");
        Api.as(ADMIN).post("/v1/ratelimit/" + policy + "/me").then().statusCode(429);
    }

    @Test
    void whoMayDoWhat() {
        for (String wrong : new String[]{null, "mr_nobody_x", "x"}) {
            Kv.Answer answer = Kv.as(wrong, "PING");
            assertEquals("WRONGPASS invalid or missing auth token", answer.error(401));
            assertEquals("Bearer", answer.header("WWW-Authenticate"));
        }
        assertTrue(Kv.as(LIMITER, "PING").error(403).startsWith("NOPERM "));
        assertEquals("PONG", Kv.send(null, "GET", "/ping?_token=" + COMMANDER, null).result().textValue());
        assertEquals("a", Kv.send(null, "GET", "/echo?_token=" + COMMANDER + "&a", null).result().textValue());
        Kv.send(null, "GET", "/ping?_token=x", null).error(401);
        Kv.send("x", "GET", "/ping?_token=" + COMMANDER, null).error(401);
        assertTrue(Kv.as(COMMAND_READER, "GET", "x").result().isNull());
        assertTrue(Kv.as(COMMAND_READER, "SET", "x", 1).error(400).startsWith("NOPERM "));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String resp(Kv.Answer answer) {
        assertEquals(200, answer.status());
        assertEquals("application/octet-stream", answer.header("Content-Type"));
        return new String(answer.bytes(), StandardCharsets.UTF_8);
    }
}
