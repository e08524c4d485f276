package dev.millrace.token;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.runtime.configuration.ConfigurationException;

import dev.millrace.Configs;
import dev.millrace.encoding.Digests;

/** Guarantees of the settings of refresh tokens: which key signs is clear, and a mistake stops the start and names itself. */
class TokenKeysTest {

    private static final String SECRET = "a-secret-of-exactly-32-character";
    private static final String PREFIX = "millrace.tokens.";

    @Test
    void theOnlyKeySigns() {
        assertEquals("k1", keys("keys.k1", SECRET).current());
        assertEquals("0", keys().current());
        assertNotNull(keys().sign("0"));
        assertNull(keys("keys.k1", SECRET).sign("0"), "once there is a key, nothing goes without");
        assertNull(keys("keys.k1", SECRET).sign("k2"));
    }

    @Test
    void amongSeveralTheOneThatIsNamedSigns() {
        TokenKeys keys = keys("keys.a", SECRET, "keys.B-2", SECRET + "x", "sign-with", "B-2");
        assertEquals("B-2", keys.current());
        byte[] part = {1, 2};
        assertArrayEquals(keys.sign("a", part), keys("keys.z", SECRET).sign("z", part), "by the secret, not the id");
        assertArrayEquals(Digests.hmacSha256((SECRET + "x").getBytes(java.nio.charset.StandardCharsets.US_ASCII), part),
                keys.sign("B-2", part));
    }

    @Test
    void aShortSecretStopsTheStartAndIsNotTold() {
        String secret = SECRET.substring(1);
        Exception e = assertThrows(ConfigurationException.class, () -> keys("keys.k1", secret));
        assertTrue(e.getMessage().contains("millrace.tokens.keys.k1 must have at least 32 characters"), e.getMessage());
        assertFalse(e.getMessage().contains(secret));
        assertDoesNotThrow(() -> keys("keys.k1", SECRET));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "a_b", "\"a.b\"", "\"a b\"", "é", "abcdefghijklmnopqrstuvwxyz0123456"})
    void aBadKeyIdStopsTheStart(String id) {
        Exception e = assertThrows(ConfigurationException.class, () -> keys("keys." + id, SECRET));
        assertTrue(e.getMessage().contains("a key id must match"), e.getMessage());
    }

    @Test
    void severalKeysWithoutAWordWhichSignsStopTheStart() {
        Exception e = assertThrows(ConfigurationException.class, () -> keys("keys.a", SECRET, "keys.b", SECRET));
        assertTrue(e.getMessage().contains("sign-with must name one"), e.getMessage());
    }

    @Test
    void anUnknownKeyToSignWithStopsTheStart() {
        for (String[] config : new String[][]{{"sign-with", "c"}, {"sign-with", "0"},
                {"keys.a", SECRET, "sign-with", "A"}, {"keys.a", SECRET, "keys.b", SECRET, "sign-with", "c"}}) {
            Exception e = assertThrows(ConfigurationException.class, () -> keys(config));
            assertTrue(e.getMessage().contains("millrace.tokens.sign-with: there is no key"), e.getMessage());
        }
    }

    @ParameterizedTest
    @CsvSource({"idle, 0s, idle", "idle, 401d, idle", "absolute, 0s, absolute", "absolute, 401d, absolute",
            "grace, 601s, grace"})
    void timesOutOfBoundsStopTheStart(String setting, String value, String named) {
        Exception e = assertThrows(ConfigurationException.class, () -> start(setting, value));
        assertTrue(e.getMessage().contains(named), e.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"idle, 1ms", "idle, 400d", "absolute, 1ms", "absolute, 400d", "grace, 0s", "grace, 10m"})
    void timesAtTheirBoundsDoNot(String setting, String value) {
        assertDoesNotThrow(() -> start(setting, value));
    }

    private static void start(String setting, String value) {
        TokenConfig config = config(setting, value);
        new TokenService(null, null, new TokenKeys(config), config, new TokenMetrics(new SimpleMeterRegistry()))
                .start(null);
    }

    private static TokenKeys keys(String... config) {
        return new TokenKeys(config(config));
    }

    private static TokenConfig config(String... config) {
        String[] full = config.clone();
        for (int i = 0; i < full.length; i += 2) {
            full[i] = PREFIX + full[i];
        }
        return Configs.of(TokenConfig.class, full);
    }
}
