package dev.millrace.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.ObjectMapper;

import dev.millrace.http.json.JsonObject;
import dev.millrace.http.json.JsonSettings;
import dev.millrace.redis.VirtualRedis;
import dev.millrace.user.CountedRandom;
import dev.millrace.user.RecordKind;
import dev.millrace.user.VirtualUser;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.BeforeTry;

/**
 * Guarantees of how {@code patch-3.lua} merges, for any two JSON objects: the result is what RFC 7396 says, each number as
 * it was written, each empty array an array, and written as every other object is.
 */
class MergePatchTest {

    /** Names and strings that a reader of texts could stumble over. */
    private static final List<String> WORDS = List.of("a", "b", "", "\"", "\\", "\\\"", "a\\", "{", "}", "[", "]", "]}",
            ":", ",", "\",\"", "\":{\"", "null", "é", "💧", "\u2028", "\u0000", "\n", "\u007f", "/", "user", " ");
    private static final List<String> PLAIN = List.of("null", "null", "true", "false", "0", "-0", "1", "1.0", "1.10",
            "1e400", "-1E-7", "12345678901234567890", "0.1000000000000000055511151231257827", "[]", "{}");

    private final VirtualRedis redis = VirtualRedis.fresh();
    private final SessionStore store = new SessionStore(redis);
    private final VirtualUser user = new VirtualUser(redis, RecordKind.SESSION);
    private final SessionToken token = SessionToken.random(user.key(), new CountedRandom());
    private final ObjectMapper mapper = new ObjectMapper();

    MergePatchTest() {
        new JsonSettings().customize(mapper);
    }

    @BeforeTry
    void openSession() {
        VirtualRedis.fresh();
        user.add(token.id(), token.digest(), "{}", "", "0", 1000, 1000, 1, false);
    }

    @Property
    void isWhatTheRfcSays(@ForAll("objects") String target, @ForAll("objects") String patch) throws IOException {
        String written = written(target);
        String result = merge(written, written(patch));
        assertEquals(merged(tree(target), tree(patch)), tree(result));
        assertEquals(written(result), result);
    }

    @Property
    void whatWasMergedIsThereAndMergingItAgainChangesNothing(@ForAll("objects") String target,
            @ForAll("objects") String patch) throws IOException {
        String written = written(patch);
        String once = merge(written(target), written);
        assertEquals(tree(once), tree(merge(once, written)));
        assertEquals(written(target), merge(written(target), "{}"));
    }

    /** All of appendix A, each also one level deeper, where a target or patch need not be an object. */
    @Example
    void mergesAsInTheRfc() throws IOException {
        String[][] examples = {
                {"{'a':'b'}", "{'a':'c'}", "{'a':'c'}"},
                {"{'a':'b'}", "{'b':'c'}", "{'a':'b','b':'c'}"},
                {"{'a':'b'}", "{'a':null}", "{}"},
                {"{'a':'b','b':'c'}", "{'a':null}", "{'b':'c'}"},
                {"{'a':['b']}", "{'a':'c'}", "{'a':'c'}"},
                {"{'a':'c'}", "{'a':['b']}", "{'a':['b']}"},
                {"{'a':{'b':'c'}}", "{'a':{'b':'d','c':null}}", "{'a':{'b':'d'}}"},
                {"{'a':[{'b':'c'}]}", "{'a':[1]}", "{'a':[1]}"},
                {"['a','b']", "['c','d']", "['c','d']"},
                {"{'a':'b'}", "['c']", "['c']"},
                {"{'a':'foo'}", "'bar'", "'bar'"},
                {"{'e':null}", "{'a':1}", "{'e':null,'a':1}"},
                {"[1,2]", "{'a':'b','c':null}", "{'a':'b'}"},
                {"{}", "{'a':{'bb':{'ccc':null}}}", "{'a':{'bb':{}}}"}};
        openSession();
        for (String[] example : examples) {
            String target = example[0].replace('\'', '"');
            String patch = example[1].replace('\'', '"');
            String result = example[2].replace('\'', '"');
            assertEquals("{\"x\":" + result + '}', merge("{\"x\":" + target + '}', "{\"x\":" + patch + '}'));
            if (target.startsWith("{") && patch.startsWith("{")) {
                assertEquals(result, merge(target, patch));
            }
        }
        assertEquals("{}", merge("{\"x\":{\"a\":\"foo\"}}", "{\"x\":null}"));
    }

    @Example
    void mergesAsDeepAsObjectsMayBe() throws IOException {
        openSession();
        int levels = JsonObject.MAX_DEPTH - 1;
        String target = "{\"a\":".repeat(levels) + "{\"b\":1}" + "}".repeat(levels);
        String patch = "{\"a\":".repeat(levels) + "{\"c\":2}" + "}".repeat(levels);
        assertEquals(target.replace("1}", "1,\"c\":2}"), merge(written(target), written(patch)));
    }

    @Provide
    Arbitrary<String> objects() {
        return objects(3);
    }

    private static Arbitrary<String> objects(int levels) {
        return Arbitraries.maps(Arbitraries.of(WORDS), values(levels)).ofMaxSize(6).flatMap(members -> Arbitraries
                .randomValue(random -> members.entrySet().stream()
                        .map(e -> literal(e.getKey(), random.nextInt(4) == 0) + (random.nextInt(4) == 0 ? " : " : ":")
                                + e.getValue())
                        .collect(Collectors.joining(",", "{", random.nextInt(4) == 0 ? "\n}" : "}"))));
    }

    private static Arbitrary<String> values(int levels) {
        Arbitrary<String> plain = Arbitraries.of(PLAIN);
        Arbitrary<String> strings = Combinators.combine(Arbitraries.of(WORDS), Arbitraries.of(true, false))
                .as(MergePatchTest::literal);
        if (levels == 0) {
            return Arbitraries.oneOf(plain, strings);
        }
        Arbitrary<String> arrays = Arbitraries.lazy(() -> values(levels - 1)).list().ofMaxSize(3)
                .map(items -> '[' + String.join(",", items) + ']');
        return Arbitraries.frequencyOf(Tuple.of(3, plain), Tuple.of(2, strings), Tuple.of(1, arrays),
                Tuple.of(3, Arbitraries.lazy(() -> objects(levels - 1))));
    }

    /** A JSON string, with as few escapes as possible or with nothing but. */
    private static String literal(String text, boolean escaped) {
        StringBuilder out = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            boolean special = c < ' ' || c == '"' || c == '\\';
            out.append(escaped || special ? "\\u%04x".formatted((int) c) : c);
        }
        return out.append('"').toString();
    }

    /** As the service passes it on. */
    private String written(String object) throws IOException {
        return mapper.readValue(object, JsonObject.class).text();
    }

    private String merge(String target, String patch) {
        user.set(token.id() + ":d", target);
        PatchResult outcome = VirtualRedis.await(store.patch(VirtualUser.TENANT, token, patch, null, 1 << 20));
        assertEquals(PatchCode.DONE, outcome.patched());
        assertEquals(outcome.session().data(), user.hash().get(token.id() + ":d"));
        return outcome.session().data();
    }

    /** RFC 7396, section 2, word by word. */
    private static Object merged(Object target, Object patch) {
        if (!(patch instanceof Map<?, ?> members)) {
            return patch;
        }
        Map<Object, Object> result = new LinkedHashMap<>();
        if (target instanceof Map<?, ?> object) {
            result.putAll(object);
        }
        members.forEach((name, value) -> {
            if (value == null) {
                result.remove(name);
            } else {
                result.put(name, merged(result.get(name), value));
            }
        });
        return result;
    }

    /** Maps and lists of strings, in quotes, and of numbers and words as they were written. */
    private Object tree(String json) throws IOException {
        try (JsonParser parser = mapper.getFactory().createParser(json)) {
            parser.nextToken();
            Object tree = tree(parser);
            assertTrue(parser.nextToken() == null, "something follows in " + json);
            return tree;
        }
    }

    private static Object tree(JsonParser parser) throws IOException {
        switch (parser.currentToken()) {
            case START_OBJECT -> {
                Map<String, Object> object = new LinkedHashMap<>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String name = parser.currentName();
                    parser.nextToken();
                    object.put(name, tree(parser));
                }
                return object;
            }
            case START_ARRAY -> {
                List<Object> array = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    array.add(tree(parser));
                }
                return array;
            }
            case VALUE_NULL -> {
                return null;
            }
            default -> {
                return parser.currentToken() == JsonToken.VALUE_STRING ? '"' + parser.getText() : parser.getText();
            }
        }
    }
}
