package dev.millrace.kv;

import static dev.millrace.Api.COMMANDER;
import static dev.millrace.kv.Kv.key;
import static dev.millrace.kv.Kv.pipeline;
import static dev.millrace.kv.Kv.post;
import static dev.millrace.kv.Kv.result;
import static dev.millrace.kv.Kv.run;
import static dev.millrace.kv.SeparateRedis.MAX_REPLY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;

import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;

/** The replies to one request have a bound: just under it they come, past it they are left out, and the caller is told. */
@QuarkusTest
@WithTestResource(SeparateRedis.class)
class KvRepliesTest {

    /** What a value counts beside its bytes. */
    private static final int EACH = 128;

    @AfterEach
    void empty() {
        result("FLUSHALL");
    }

    private static String value(int length) {
        String k = key();
        result("SET", k, "x".repeat(length));
        return k;
    }

    @Test
    void oneReplyMayFillTheRoomAndNoMore() {
        assertEquals(MAX_REPLY - EACH, result("GET", value(MAX_REPLY - EACH)).textValue().length());
        String over = value(MAX_REPLY - EACH + 1);
        assertTrue(run("GET", over).error(400).startsWith("ERR the command was run, but its reply is left out"));
        assertTrue(run("GETDEL", over).error(400).contains("was run"));
        assertEquals(0, result("EXISTS", over).intValue());
    }

    @Test
    void listsCountEachOfTheirValues() {
        String k = value(MAX_REPLY / 2 - 2 * EACH);
        assertEquals(2, result("MGET", k, k).size());
        assertTrue(run("MGET", k, k, k).error(400).contains("is left out"));
        assertTrue(run("EVAL", "local t = {} for i = 1, 2000 do t[i] = i end return t", 0).error(400)
                .contains("is left out"));
    }

    @Test
    void theRepliesOfAPipelineAreCountedTogether() {
        String half = value(MAX_REPLY / 2 - EACH);
        for (JsonNode outcome : pipeline(COMMANDER, List.of(List.of("GET", half), List.of("GET", half)))) {
            assertEquals(MAX_REPLY / 2 - EACH, outcome.get("result").textValue().length());
        }
        String k = key();
        List<JsonNode> outcomes = pipeline(COMMANDER,
                List.of(List.of("GET", half), List.of("INCR", k), List.of("GET", half), List.of("INCR", k)));
        assertEquals(MAX_REPLY / 2 - EACH, outcomes.get(0).get("result").textValue().length());
        assertTrue(outcomes.get(2).get("error").textValue().contains("was run, but its reply is left out"));
        assertEquals("{\"result\":2}", outcomes.get(3).toString());
    }

    @Test
    void oncePastTheBoundNoMoreIsRun() {
        String k = key();
        String large = value(MAX_REPLY);
        List<List<String>> commands = new ArrayList<>(List.of(List.of("GET", large)));
        commands.addAll(Collections.nCopies(1500, List.of("INCR", k)));
        commands.add(List.of("KEYS", "*"));
        List<JsonNode> outcomes = pipeline(COMMANDER, commands);
        assertTrue(outcomes.get(0).get("error").textValue().contains("was run"));
        int ran = result("GET", k).asInt();
        assertEquals(999, ran, "those that went out together with the large one");
        for (int i = 1; i < outcomes.size(); i++) {
            assertEquals(i <= ran, outcomes.get(i).has("result"), outcomes.get(i)::toString);
            assertTrue(i <= ran || outcomes.get(i).get("error").textValue().contains("was not run"),
                    outcomes.get(i)::toString);
        }
    }

    @Test
    void aTransactionIsAnsweredWholeOrNotAtAll() {
        String half = value(MAX_REPLY / 2 - 2 * EACH);
        String get = "['GET','" + half + "']";
        assertEquals(2, post("/multi-exec", "[" + get + "," + get + "]").json().size());
        String k = key();
        assertTrue(post("/multi-exec", "[['INCR','" + k + "']," + get + "," + get + "," + get + "]").error(400)
                .startsWith("ERR the transaction was run, but its replies are left out"));
        assertEquals("1", result("GET", k).textValue());
    }

    @Test
    void manyKeysAreLeftOut() {
        for (int i = 0; i < 3; i++) {
            result("SET", "a" + i + "x".repeat(MAX_REPLY / 3), 1);
        }
        assertTrue(run("KEYS", "a*").error(400).contains("is left out"));
        assertEquals(1, result("KEYS", "a0*").size());
    }

    @Test
    void whatGrowsTooLongAsJsonIsRefusedAndComesAsBase64() {
        String k = key();
        result("SETRANGE", k, MAX_REPLY / 2, "x");
        assertTrue(run("GET", k).error(400).contains("request base64"));
        assertTrue(post("", "['GET','" + k + "']", "Upstash-Encoding", "base64").result().textValue()
                .length() > MAX_REPLY / 2);
    }
}
