package dev.millrace.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;

/** Guarantees of key names: no identifier changes a key's shape or slot, and different identifiers have different keys. */
class KeysTest {

    @Example
    void aKeyHasItsParts() {
        assertEquals("mr:{main:rl:login/user-42}:log", Keys.key("main", "rl", "login/user-42", "log"));
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
        String key = Keys.key("main", "rl", "policy/" + Keys.encode(identifier), "log");
        assertEquals(3, key.indexOf('{'));
        assertEquals(3, key.lastIndexOf('{'));
        assertEquals(key.length() - "}:log".length(), key.indexOf('}'));
        assertEquals(key.length() - "}:log".length(), key.lastIndexOf('}'));
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
        assertEquals("a.b-c", Keys.tenantOf(Keys.key("a.b-c", "q", "emails", "meta")));
        for (String key : new String[]{"mr:~alive:x", "mr:{main", "mr:", "other:{main:x}", "session:1", ""}) {
            assertNull(Keys.tenantOf(key), key);
        }
    }
}
