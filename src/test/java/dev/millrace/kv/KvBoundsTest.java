package dev.millrace.kv;

import static dev.millrace.Api.COMMANDER;
import static dev.millrace.kv.Kv.key;
import static dev.millrace.kv.Kv.pipeline;
import static dev.millrace.kv.Kv.result;
import static dev.millrace.kv.Kv.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;

import io.quarkus.test.junit.QuarkusTest;

import dev.millrace.redis.RedisConversation;

/** What one caller asks for holds up neither the service nor the others. */
@QuarkusTest
class KvBoundsTest {

    RedisConversation redis;

    @Test
    void thousandsOfSearchesAreAnsweredAndMostOfThemRefused() {
        List<JsonNode> outcomes = pipeline(COMMANDER, Collections.nCopies(10_000, List.of("KEYS", key())));
        assertEquals(10_000, outcomes.size());
        assertTrue(outcomes.get(15).get("result").isEmpty());
        assertTrue(outcomes.get(16).get("error").textValue().contains("at most 16 KEYS commands"));
    }

    @Test
    void thousandsOfScriptsAreLoaded() {
        List<JsonNode> outcomes = pipeline(COMMANDER, Collections.nCopies(3000, List.of("SCRIPT", "LOAD", "return 1")));
        assertEquals("e0e1f9fabfc9d4800c877a703b823ac0578ff8db", outcomes.get(2999).get("result").textValue());
    }

    @Test
    void manyUnknownScriptsAreAskedForAtOnce() {
        List<Object> words = new ArrayList<>(List.of("SCRIPT", "EXISTS"));
        IntStream.range(0, 20_000).forEach(i -> words.add(String.format("%040x", i)));
        JsonNode there = result(words.toArray());
        assertEquals(20_000, there.size());
        assertEquals(0, there.get(19_999).intValue());
    }

    @Test
    void whatAScriptSaysOfTheServerIsNotBelieved() {
        // So that there are connections.
        result("PING");
        String before = connections();
        assertFalse(before.isEmpty());
        for (String word : List.of("READONLY", "LOADING", "MASTERDOWN")) {
            assertEquals(word + " x", run("EVAL", "return redis.error_reply('" + word + " x')", 0).error(503));
        }
        assertEquals(before, connections());
    }

    /** Those of the callers' database. */
    private String connections() {
        return redis.call("CLIENT", "LIST").toString().lines().filter(line -> line.contains(" db=1 "))
                .map(line -> line.substring(0, line.indexOf(' '))).sorted().collect(Collectors.joining(" "));
    }

    @Test
    void deepRepliesAreAnsweredOrRefusedAndNobodyElseNotices() {
        String script = "local t = {1} for i = 1, %d do t = {t} end return t";
        JsonNode deep = result("EVAL", script.formatted(40), 0);
        for (int i = 0; i < 40; i++) {
            deep = deep.get(0);
        }
        assertEquals(1, deep.get(0).intValue());
        String before = connections();
        assertTrue(run("EVAL", script.formatted(1500), 0).error(400).contains("too deep"));
        assertEquals(before, connections());
        assertEquals("PONG", result("PING").textValue());
    }

    @Test
    void aStepOfAScanLooksAtSoMuchAndNoMore() {
        String k = key();
        List<Object> words = new ArrayList<>(List.of("SADD", k));
        IntStream.range(0, 30_000).forEach(words::add);
        words.add("text");
        result(words.toArray());
        JsonNode step = result("SSCAN", k, 0, "COUNT", 1_000_000_000);
        assertFalse(step.get(0).textValue().equals("0"), "there is more");
        assertTrue(step.get(1).size() < 25_000, step.get(1).size() + " at once");
    }
}
