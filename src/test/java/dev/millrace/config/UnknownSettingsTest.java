package dev.millrace.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which environment variables set nothing, and what the operator is told. */
class UnknownSettingsTest {

    private static List<String> warnings(String variable, String value) {
        return UnknownSettings.warnings(Map.of(variable, value), UnknownSettings.settings());
    }

    @ParameterizedTest
    @ValueSource(strings = {"MILLRACE_REDIS_TIMEOUT", "MILLRACE_AUTH_KEYS_ADMIN_SHA256",
            "MILLRACE_AUTH_KEYS__TEAM_B__SHA256",
            "MILLRACE_AUTH_ENABLED", "MILLRACE_TOKENS_KEYS_K1", "MILLRACE_TOKENS_KEYS_K_1",
            "MILLRACE_RATELIMIT_POLICIES_LOGIN_LIMIT",
            "MILLRACE_RATELIMIT_POLICIES_LOGIN_DENY_PENALTY", "MILLRACE_RATELIMIT_TRUSTED_PROXIES_0_", "REDIS_URL",
            "QUARKUS_HTTP_PRT", "MILLRACE", "_DEV_MILLRACE_X"})
    void settingsAndWhatIsNotMillracesAreNotWarnedAbout(String variable) {
        assertEquals(List.of(), warnings(variable, "x"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"MILLRACE_SERVICE_HOST", "MILLRACE_SERVICE_PORT_HTTP", "MILLRACE_PORT_8080_TCP_ADDR",
            "MILLRACE_PORT",
            "MILLRACE_REDIS_SERVICE_HOST", "MILLRACE_REDIS_PORT"})
    void variablesThatKubernetesSetsForItsServicesAreNotWarnedAbout(String variable) {
        assertEquals(List.of(), warnings(variable, "tcp://10.0.0.1:8080"));
    }

    @ParameterizedTest
    @CsvSource({"MILLRACE_REDIS_TIMEOT, MILLRACE_REDIS_TIMEOUT",
            "MILLRACE_SESSION_MAX_PER_USER, MILLRACE_SESSIONS_MAX_PER_USER",
            "MILLRACE_AUTH_KEYS_ADMIN_SCOPE, MILLRACE_AUTH_KEYS_ADMIN_SCOPES",
            "MILLRACE_AUTH_KEYS_ADMIN_SHA265, MILLRACE_AUTH_KEYS_ADMIN_SHA256",
            "MILLRACE_RATELIMIT_POLICIES_LOGIN_LIMITS, MILLRACE_RATELIMIT_POLICIES_LOGIN_LIMIT"})
    void aMisspeltVariableIsNamedWithTheNearestSetting(String variable, String nearest) {
        assertEquals(List.of(variable + " sets nothing; did you mean " + nearest + "?"), warnings(variable, "secret"));
    }

    @Test
    void aVariableThatIsLikeNothingIsNamedAlone() {
        assertEquals(List.of("MILLRACE_ZZZZ sets nothing"), warnings("MILLRACE_ZZZZ", "secret"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"MILLRACE_AUTH_KEYS_TEAM_B_SHA256",
            "MILLRACE_AUTH_KEYS_TEAM_B_SCOPES",
            "MILLRACE_RATELIMIT_POLICIES_LOG_IN_LIMIT"})
    void anIdWithAnUnderscoreIsExplained(String variable) {
        assertEquals(
                List.of(variable + " sets nothing: an id in an environment variable must not contain an underscore"),
                warnings(variable, "secret"));
    }
}
