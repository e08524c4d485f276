package dev.millrace.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.config.ConfigValidationException;

import dev.millrace.Configs;
import dev.millrace.auth.AuthConfig;
import dev.millrace.ratelimit.RateLimitConfig;
import dev.millrace.redis.RedisConfig;

/** What an operator reads of a service that does not start. */
class StartFailureTest {

    @Test
    void aMissingSettingIsNamedWithItsVariable() {
        Throwable failure = assertThrows(ConfigValidationException.class,
                () -> Configs.of(AuthConfig.class, "millrace.auth.keys.admin.sha256", "00"));
        String message = StartFailure.message(new RuntimeException(failure));
        assertTrue(message.startsWith("Wrong configuration: The config property millrace.auth.keys.admin.scopes "
                + "(MILLRACE_AUTH_KEYS_ADMIN_SCOPES) is required"), message);
    }

    @Test
    void aValueOfAWrongKindIsNamedWithItsVariable() {
        Throwable failure = assertThrows(ConfigValidationException.class,
                () -> Configs.of(RedisConfig.class, "millrace.redis.max-in-flight", "many"));
        String message = StartFailure.message(failure);
        assertTrue(message.contains("millrace.redis.max-in-flight (MILLRACE_REDIS_MAX_IN_FLIGHT)"), message);
    }

    @Test
    void theVariableIsTheOneThatTheOperatorSets() throws IOException {
        Throwable failure = assertThrows(ConfigValidationException.class,
                () -> Configs.of(RedisConfig.class, "millrace.redis.port", "tcp://10.0.0.1:6379"));
        assertEquals("Wrong configuration: The config property millrace.redis.port (REDIS_PORT) with the config value "
                + "\"tcp://10.0.0.1:6379\" is not valid: Expected an integer value, got \"tcp://10.0.0.1:6379\"",
                StartFailure.message(failure));
        try (InputStream file = getClass().getResourceAsStream("/application.properties")) {
            Properties properties = new Properties();
            properties.load(file);
            properties.forEach((setting, value) -> {
                Matcher variable = Pattern.compile("\\$\\{(REDIS_[A-Z_]+):.*}").matcher(value.toString());
                if (variable.matches()) {
                    String message = StartFailure.message(new ConfigurationException(setting + " is wrong"));
                    assertTrue(message.contains("(" + variable.group(1) + ")"), message);
                }
            });
        }
    }

    /** The class of the values has a name that looks like a setting. */
    @Test
    void ofAListOfValuesTheMessageShowsTheValuesOnly() {
        Throwable failure = assertThrows(ConfigValidationException.class, () -> Configs.of(RateLimitConfig.class,
                "millrace.ratelimit.policies.a.algorithm", "leaky", "millrace.ratelimit.policies.a.limit", "1",
                "millrace.ratelimit.policies.a.window", "1m"));
        String message = StartFailure.message(failure);
        assertTrue(
                message.startsWith("Wrong configuration: The config property millrace.ratelimit.policies.a.algorithm "
                        + "(MILLRACE_RATELIMIT_POLICIES_A_ALGORITHM) with the config value \"leaky\" is not valid: allowed values: "),
                message);
        assertFalse(message.contains("dev.millrace"), message);
    }

    @Test
    void aVariableThatTheMessageNamesIsNotNamedTwice() {
        assertEquals("Wrong configuration: set millrace.auth.enabled (MILLRACE_AUTH_ENABLED)", StartFailure.message(
                new ConfigurationException("set millrace.auth.enabled (MILLRACE_AUTH_ENABLED)")));
        assertEquals("Wrong configuration: set millrace.redis.*",
                StartFailure.message(new ConfigurationException("set millrace.redis.*")));
        assertEquals("Wrong configuration: millrace.tokens.keys.k.1 (MILLRACE_TOKENS_KEYS_K_1): a key id ...",
                StartFailure.message(new ConfigurationException("millrace.tokens.keys.k.1: a key id ...")));
    }

    @Test
    void theLineOfJsonIsOneLineWhateverTheMessage() throws IOException {
        String line = StartFailure.json(new IllegalStateException("a \"b\"\nc"), Instant.EPOCH);
        assertEquals(1, line.lines().count());
        JsonNode read = new ObjectMapper().readTree(line);
        assertEquals("Failed to start: java.lang.IllegalStateException: a \"b\"\nc", read.get("message").textValue());
        assertEquals("1970-01-01T00:00:00Z", read.get("timestamp").textValue());
        assertTrue(read.get("stackTrace").textValue().contains("StartFailureTest"));
    }
}
