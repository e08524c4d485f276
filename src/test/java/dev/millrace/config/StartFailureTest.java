package dev.millrace.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Instant;

import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.config.ConfigValidationException;

import dev.millrace.Configs;
import dev.millrace.auth.AuthConfig;
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
    void aVariableThatTheMessageNamesIsNotNamedTwice() {
        assertEquals("Wrong configuration: set millrace.auth.enabled (MILLRACE_AUTH_ENABLED)", StartFailure.message(
                new ConfigurationException("set millrace.auth.enabled (MILLRACE_AUTH_ENABLED)")));
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
