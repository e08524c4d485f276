package dev.millrace.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.quarkus.runtime.configuration.ConfigurationException;

import dev.millrace.Api;
import dev.millrace.Configs;
import dev.millrace.http.route.Caller;

/** Guarantees of API keys: only the right secret of a configured key is let in, and a mistake in a key stops the start. */
class ApiKeysTest {

    private static final String SECRET = "c0rrect_horse-battery.staple";

    @Test
    void theRightSecretIsLetIn() {
        ApiKeys keys = keys("millrace.auth.keys.app.sha256", Api.sha256(SECRET), "millrace.auth.keys.app.scopes",
                "ratelimit,admin:read", "millrace.auth.keys.app.tenant", "acme");
        Caller caller = keys.authenticate("Bearer mr_app_" + SECRET);
        assertEquals(new Caller("app", "acme", Set.of("ratelimit", "admin:read")), caller);
        assertEquals(caller, keys.authenticate("bearer mr_app_" + SECRET));
        assertFalse(keys.isOpen());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "Bearer", "Bearer ", "Bearer mr_", "Bearer mr__", "Bearer mr_app",
            "Bearer mr_app_",
            "Bearer mr_app_wrong", "Bearer mr_App_" + SECRET, "Bearer mr_other_" + SECRET, "Bearer MR_app_" + SECRET,
            "Bearer mr_app_" + SECRET + " ", "Bearer mr_app_" + SECRET + "\0", "Bearer  mr_app_" + SECRET,
            "Basic mr_app_" + SECRET, "mr_app_" + SECRET, "Bearer " + SECRET, "Bearer mr_" + SECRET})
    void nothingElseIsLetIn(String authorization) {
        assertNull(key().authenticate(authorization));
    }

    @Test
    void neitherIsNothingNorTheHashNorAnEndlessToken() {
        assertNull(key().authenticate(null));
        assertNull(key().authenticate("Bearer mr_app_" + Api.sha256(SECRET)));
        assertNull(key().authenticate("Bearer mr_app_" + SECRET + "x".repeat(10_000)));
    }

    @Test
    void aScopeIncludesItsReadForm() {
        Caller writer = new Caller("k", "main", Set.of("ratelimit"));
        assertTrue(writer.may("ratelimit"));
        assertTrue(writer.may("ratelimit:read"));
        assertFalse(writer.may("admin:read"));
        Caller reader = new Caller("k", "main", Set.of("ratelimit:read"));
        assertTrue(reader.may("ratelimit:read"));
        assertFalse(reader.may("ratelimit"));
    }

    @Test
    void switchedOffEverybodyMayDoEverything() {
        ApiKeys open = keys("millrace.auth.enabled", "false");
        assertTrue(open.isOpen());
        assertTrue(open.authenticate(null).may("admin"));
        assertFalse(key().isOpen());
    }

    @Test
    void enabledWithoutKeysDoesNotStart() {
        Exception e = assertThrows(ConfigurationException.class, () -> keys("millrace.auth.enabled", "true"));
        assertTrue(e.getMessage().contains("MILLRACE_AUTH_KEYS_"), e.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"sha256, abc, sha256", "sha256, " + SECRET + ", sha256", "scopes, ratelimits, scopes",
            "scopes, ratelimit:write, scopes", "tenant, a b, tenant", "tenant, a:b, tenant"})
    void aMistakeStopsTheStartAndNamesTheSetting(String setting, String value, String named) {
        List<String> config = new ArrayList<>(List.of("millrace.auth.keys.app.sha256", Api.sha256(SECRET),
                "millrace.auth.keys.app.scopes", "ratelimit"));
        config.addAll(List.of("millrace.auth.keys.app." + setting, value));
        Exception e = assertThrows(ConfigurationException.class, () -> keys(config.toArray(String[]::new)));
        assertTrue(e.getMessage().contains("millrace.auth.keys.app." + named), e.getMessage());
        assertFalse(e.getMessage().contains(SECRET), "whoever puts the secret in place of its hash");
    }

    @Test
    void aKeyIdHasNoUnderscore() {
        assertThrows(ConfigurationException.class, () -> keys("millrace.auth.keys.my_app.sha256", Api.sha256(SECRET),
                "millrace.auth.keys.my_app.scopes", "ratelimit"));
    }

    private static ApiKeys key() {
        return keys("millrace.auth.keys.app.sha256", Api.sha256(SECRET), "millrace.auth.keys.app.scopes", "ratelimit");
    }

    private static ApiKeys keys(String... config) {
        return new ApiKeys(Configs.of(AuthConfig.class, config));
    }
}
