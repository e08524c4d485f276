package dev.millrace.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import dev.millrace.Configs;
import dev.millrace.user.UserKey;

import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.ByteRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import net.jqwik.api.constraints.UniqueElements;

/**
 * Guarantees of the text of a refresh token: it is read as what was written; the successor follows from the token and the salt
 * alone; a text that differs in one character is refused without asking Redis, and so is one signed with a key that is not
 * configured; and neither a token nor a secret is printed by accident.
 */
class RefreshTokenTest {

    private static final String OLD = "an-old-secret-of-32-characters-.";
    private static final String NEW = "a-new-secret-of-32-characters-..";
    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=. \n\0é💧";

    private final TokenKeys unsigned = keys();
    private final TokenKeys old = keys("millrace.tokens.keys.k1", OLD);
    private final TokenKeys both = keys("millrace.tokens.keys.k1", OLD, "millrace.tokens.keys.k2", NEW,
            "millrace.tokens.sign-with", "k2");
    private final TokenKeys young = keys("millrace.tokens.keys.k2", NEW);
    private final SecureRandom random = new SecureRandom();

    @Property
    void isReadAsItWasWritten(@ForAll @StringLength(min = 1, max = 40) String user) {
        RefreshToken token = RefreshToken.random(UserKey.of(user), random);
        for (TokenKeys keys : List.of(unsigned, old, both)) {
            String text = token.text(keys);
            assertTrue(text.matches("r1\\.(0|k1|k2)\\.[A-Za-z0-9_-]{20}\\.[A-Za-z0-9_-]{84}"), text);
            assertSame(token, RefreshToken.parse(text, keys));
            assertEquals(text, RefreshToken.parse(text, keys).text(keys));
        }
        assertEquals(UserKey.of(user), token.user());
        assertTrue(token.family().matches("[A-Za-z0-9_-]{20}"));
        assertTrue(token.digest().matches("[A-Za-z0-9_-]{43}"));
        assertFalse(token.text(old).contains(token.family()), "the public id says nothing of the token");
    }

    @Property
    void theSuccessorFollowsFromTheTokenAndTheSaltAlone(
            @ForAll @UniqueElements @Size(2) List<@Size(16) List<@ByteRange(min = -128) Byte>> salts) {
        RefreshToken token = RefreshToken.random(UserKey.of("u"), random);
        byte[] salt = bytes(salts.get(0));
        RefreshToken successor = token.successor(salt);
        assertSame(successor, RefreshToken.parse(token.text(old), old).successor(salt.clone()));
        assertEquals(token.user(), successor.user());
        assertEquals(token.family(), successor.family());
        Set<String> digests = new HashSet<>(List.of(token.digest(), successor.digest(),
                token.successor(bytes(salts.get(1))).digest(), successor.successor(salt).digest(),
                RefreshToken.random(UserKey.of("u"), random).successor(salt).digest()));
        assertEquals(5, digests.size());
    }

    /** Every character in turn, replaced by every other one; and then left out, or put in. */
    @Property
    void anyOtherTextIsRefused(@ForAll boolean signed) {
        TokenKeys keys = signed ? both : unsigned;
        String text = RefreshToken.random(UserKey.of("u"), random).text(keys);
        for (int at = 0; at < text.length(); at++) {
            String before = text.substring(0, at);
            String after = text.substring(at + 1);
            assertNull(RefreshToken.parse(before + after, keys), "without its character " + at);
            for (String other : ALPHABET.codePoints().mapToObj(Character::toString).toList()) {
                if (!other.equals(text.substring(at, at + 1))) {
                    assertNull(RefreshToken.parse(before + other + after, keys), other + " at " + at);
                }
                assertNull(RefreshToken.parse(before + other + text.charAt(at) + after, keys), other + " before " + at);
            }
        }
        assertNotNull(RefreshToken.parse(text, keys));
        assertNull(RefreshToken.parse(text + "A", keys));
        assertNull(RefreshToken.parse(text + "=", keys));
        assertNull(RefreshToken.parse(text + ".", keys));
    }

    @Property
    void anyTextAtAllIsRefusedAndBreaksNothing(@ForAll String text) {
        for (TokenKeys keys : List.of(unsigned, both)) {
            assertNull(RefreshToken.parse(text, keys));
            assertNull(RefreshToken.parse("r1." + text, keys));
            assertNull(RefreshToken.parse("r1.0." + text, keys));
            assertNull(RefreshToken.parse("r1.k1.AAAAAAAAAAAAAAAAAAAA." + text, keys));
        }
        assertNull(RefreshToken.parse(null, unsigned));
    }

    /** A token of which one half is another's is nobody's. */
    @Example
    void partsOfTwoTokensAreRefused() {
        String one = RefreshToken.random(UserKey.of("u"), random).text(both);
        String two = RefreshToken.random(UserKey.of("u"), random).text(both);
        String stranger = RefreshToken.random(UserKey.of("v"), random).text(both);
        for (int at = one.length() - 83; at < one.length(); at++) {
            String mixed = one.substring(0, at) + two.substring(at);
            // At either end, chance may have given both the same characters.
            if (!mixed.equals(one) && !mixed.equals(two)) {
                assertNull(RefreshToken.parse(mixed, both), "two from " + at);
            }
        }
        assertNull(RefreshToken.parse(one.substring(0, 26) + stranger.substring(26), both));
    }

    @Example
    void aTokenOfAnOldKeyIsValidWhileThatKeyIsConfigured() {
        String text = RefreshToken.random(UserKey.of("u"), random).text(old);
        assertTrue(text.startsWith("r1.k1."));
        RefreshToken token = RefreshToken.parse(text, both);
        assertTrue(token.successor(new byte[16]).text(both).startsWith("r1.k2."), "its successor has the new key");
        assertNotNull(RefreshToken.parse(token.successor(new byte[16]).text(both), young));
        assertNull(RefreshToken.parse(text, young), "the key is gone");
        assertNull(RefreshToken.parse(text.replace("r1.k1.", "r1.k2."), both), "signed with another key");
        assertNull(RefreshToken.parse(text, keys("millrace.tokens.keys.k1", NEW)), "another key of that id");
    }

    @Example
    void anUnsignedTokenIsRefusedOnceThereIsAKey() {
        String text = RefreshToken.random(UserKey.of("u"), random).text(unsigned);
        assertTrue(text.startsWith("r1.0."));
        for (TokenKeys keys : List.of(old, both, young)) {
            assertNull(RefreshToken.parse(text, keys));
            assertNull(RefreshToken.parse(text.replace("r1.0.", "r1." + keys.current() + '.'), keys));
        }
        assertNull(RefreshToken.parse(RefreshToken.random(UserKey.of("u"), random).text(old), unsigned));
    }

    @Example
    @SuppressWarnings("ObjectToString") // What it prints is what is tested.
    void nothingIsPrintedByAccident() {
        RefreshToken token = RefreshToken.random(UserKey.of("u"), random);
        String text = token.text(both);
        String secrets = text.substring(text.lastIndexOf('.') + 1);
        assertFalse(token.toString().contains(secrets.substring(0, 10)));
        assertFalse(token.toString().contains(token.digest()));
        assertFalse(both.toString().contains(OLD) || both.toString().contains(NEW));
    }

    private static void assertSame(RefreshToken expected, RefreshToken actual) {
        assertEquals(List.of(expected.user(), expected.family(), expected.digest()),
                List.of(actual.user(), actual.family(), actual.digest()));
        assertNotEquals(expected.family(), expected.digest());
    }

    private static byte[] bytes(List<Byte> list) {
        byte[] bytes = new byte[list.size()];
        Arrays.setAll(new int[list.size()], i -> bytes[i] = list.get(i));
        return bytes;
    }

    private static TokenKeys keys(String... config) {
        return new TokenKeys(Configs.of(TokenConfig.class, config));
    }
}
