package dev.millrace.redis.link;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.Test;

import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;

class IneffectiveSettingsTest {

    private static SmallRyeConfig properties(Map<String, String> properties) {
        return new SmallRyeConfigBuilder().addDefaultInterceptors().withProfile("prod")
                .withSources(new PropertiesConfigSource(properties, "application.properties", 250)).build();
    }

    private static SmallRyeConfig environment(Map<String, String> variables) {
        return new SmallRyeConfigBuilder().addDefaultInterceptors()
                .withSources(new EnvConfigSource(variables, 300)).build();
    }

    @Test
    void settingsOfQuarkusClientAreFound() {
        assertEquals(Set.of("quarkus.redis.hosts", "quarkus.redis.max-pool-size", "quarkus.redis.tls.enabled"),
                IneffectiveSettings.find(properties(Map.of("quarkus.redis.hosts", "redis://redis",
                        "quarkus.redis.max-pool-size", "50", "quarkus.redis.tls.enabled", "true",
                        "quarkus.http.port", "1"))));
    }

    @Test
    void settingsOfTheEnvironmentAreFound() {
        assertEquals(Set.of("QUARKUS_REDIS_HOSTS", "QUARKUS_REDIS_MAX_POOL_SIZE"),
                IneffectiveSettings.find(environment(Map.of("QUARKUS_REDIS_HOSTS", "redis://redis",
                        "QUARKUS_REDIS_MAX_POOL_SIZE", "50", "QUARKUS_REDIS_HEALTH_ENABLED", "false",
                        "QUARKUS_REDIS_OWN_HOSTS", "redis://own", "QUARKUS_REDIS_OWN_TIMEOUT", "1s"))));
    }

    @Test
    void settingsOfAnotherProfileAreNone() {
        assertEquals(Set.of("quarkus.redis.timeout"), IneffectiveSettings.find(
                properties(Map.of("%prod.quarkus.redis.timeout", "2s", "%other.quarkus.redis.hosts", "redis://x"))));
    }

    @Test
    void whatTheApplicationSetsItselfIsNone() {
        assertDoesNotThrow(() -> IneffectiveSettings.refuse(properties(Map.of("quarkus.redis.health.enabled", "false",
                "quarkus.redis.devservices.enabled", "false", "quarkus.redis.kv.devservices.enabled", "false"))));
    }

    @Test
    void aClientThatAForkNamesItselfHasEffect() {
        assertEquals(Set.of("quarkus.redis.other.timeout"),
                IneffectiveSettings.find(properties(Map.of("quarkus.redis.own.hosts", "redis://own",
                        "quarkus.redis.own.timeout", "1s", "quarkus.redis.other.timeout", "1s"))),
                "without hosts there is no client");
        assertEquals(Set.of("quarkus.redis.kv.hosts"),
                IneffectiveSettings.find(properties(Map.of("quarkus.redis.kv.hosts", "redis://own"))));
    }

    @Test
    void theRefusalNamesThemAndWhatToSet() {
        ConfigurationException refusal = assertThrows(ConfigurationException.class, () -> IneffectiveSettings.refuse(
                properties(Map.of("quarkus.redis.password", "secret!", "quarkus.redis.hosts", "redis://redis"))));
        assertTrue(refusal.getMessage().startsWith("quarkus.redis.hosts, quarkus.redis.password: "),
                refusal.getMessage());
        assertTrue(refusal.getMessage().contains("REDIS_URL"), refusal.getMessage());
        assertFalse(refusal.getMessage().contains("secret!"));
    }
}
