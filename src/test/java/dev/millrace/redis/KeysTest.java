package dev.millrace.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;

/** Guarantees of key names: no identifier changes a key's shape or slot, and different identifiers have different keys. */
class KeysTest {

    @Example
    void aKeyHasItsParts() {
        assertEquals("mr:{main:rl:login/user-42}:log60000",
                Keys.limit(KeyKind.LIMIT_LOG, "main", "login", "user-42", 60_000));
        assertEquals("mr:{main:rl:login/a%3Ab}:lse", Keys.limit(KeyKind.LIMIT_LEASES, "main", "login", "a:b", 1));
        assertEquals(
                List.of("mr:{main:c:0}:e:products/a%2Fb", "mr:{main:c:0}:l:products/a%2Fb", "mr:{main:c:0}:versions",
                        "mr:{main:c:0}:i:products", "mr:{main:c:0}:lv:products/a%2Fb"),
                Keys.cacheEntry("main", 1, "products", "a/b"));
    }

    @Example
    void plainIdentifiersStayAsTheyAre() {
        for (String plain : new String[]{"user-42", "203.0.113.7", "a@b.example", "é", "💧", "~x!*'()+,;=&$#?"}) {
            assertEquals(plain, Keys.encode(plain));
        }
        assertEquals("a%3Ab%2F%7Bc%7D%25%20%0A", Keys.encode("a:b/{c}% \n"));
    }

    @Property
    void noIdentifierChangesTheShapeOfAKey(@ForAll @StringLength(min = 1, max = 40) String identifier) {
        String key = Keys.limit(KeyKind.LIMIT_LOG, "main", "policy", identifier, 1);
        assertEquals(3, key.indexOf('{'));
        assertEquals(3, key.lastIndexOf('{'));
        assertEquals(key.length() - "}:log1".length(), key.indexOf('}'));
        assertEquals(key.length() - "}:log1".length(), key.lastIndexOf('}'));
        assertEquals("main:rl:policy".length() + 4, key.indexOf('/'));
        assertEquals(key.indexOf('/'), key.lastIndexOf('/'));
        assertEquals(4, key.chars().filter(c -> c == ':').count());
    }

    @Property
    void differentIdentifiersHaveDifferentKeys(@ForAll @Chars({'{', '}', ':', '%', '/', '2', '5', 'F', 'a'}) String one,
            @ForAll @Chars({'{', '}', ':', '%', '/', '2', '5', 'F', 'a'}) String other) {
        if (!one.equals(other)) {
            assertNotEquals(Keys.encode(one), Keys.encode(other));
        }
    }

    @Example
    void namesAreShortAndPlain() {
        for (String name : new String[]{"a", "A.b_c-9", "x".repeat(64)}) {
            assertTrue(Keys.isName(name), name);
        }
        for (String name : new String[]{null, "", "x".repeat(65), "a b", "a:b", "{a}", "ä", "a/b", "~a", "a\n"}) {
            assertFalse(Keys.isName(name), name);
        }
    }

    @Example
    void identifiersAreBoundedInBytes() {
        for (String identifier : new String[]{" ", "x".repeat(512), "é".repeat(256), "💧".repeat(128), "{}:/%", "\n"}) {
            assertNull(Keys.identifierProblem(identifier), identifier);
        }
        for (String identifier : new String[]{null, "", "x".repeat(513), "é".repeat(257), "💧".repeat(129), "a\0b",
                "\ud83d", "\udca7\ud83d"}) {
            assertNotNull(Keys.identifierProblem(identifier), identifier);
        }
    }

    @Example
    void aKeySaysWhoseItIs() {
        assertEquals("a.b-c", Keys.tenantOf(Keys.queueMeta("a.b-c", "emails")));
        for (String key : new String[]{"mr:~alive:x", "mr:{main", "mr:", "other:{main:x}", "session:1", ""}) {
            assertNull(Keys.tenantOf(key), key);
        }
    }

    @Example
    void aKeyIsOfOneKind() {
        for (KeyKind kind : KeyKind.values()) {
            Object[] values = Collections.nCopies((int) kind.template().chars().filter(c -> c == '<').count(), "~x.1-y")
                    .toArray();
            String key = kind.key(values);
            assertEquals(kind.template().replaceAll("<\\w+>", "~x.1-y"), key);
            assertEquals(List.of(kind), Arrays.stream(KeyKind.values())
                    .filter(other -> other.pattern().matcher(key).matches()).toList());
        }
    }

    /** The register and {@code docs/redis-keys.md} say the same, in the same order. */
    @Example
    void theRegisterIsDocumented() throws IOException {
        List<String> rows = Arrays.stream(KeyKind.values())
                .map(kind -> "| " + kind.feature() + " | `" + kind.template() + "` | "
                        + kind.type().name().toLowerCase(Locale.ROOT).replace('_', ' ') + " | " + kind.expires() + " | "
                        + kind.content() + " |")
                .toList();
        assertEquals(rows, Files.readAllLines(Path.of("docs/redis-keys.md")).stream()
                .filter(line -> line.contains("| `mr:")).toList());
    }

    /** Names of keys are put together here, and nowhere else. */
    @Example
    void noOtherClassBuildsKeys() throws IOException {
        try (Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
            for (Path path : sources.filter(path -> path.toString().endsWith(".java")).toList()) {
                boolean register = path.endsWith("redis/Keys.java") || path.endsWith("redis/KeyKind.java");
                assertTrue(register || !Files.readString(path).contains("\"mr:{\""), path + " builds a key");
            }
        }
    }
}
