package dev.millrace.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;

import org.junit.jupiter.api.Test;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;

import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.config.ConfigMapping;

import dev.millrace.Configs;
import dev.millrace.queue.QueueConfig;
import dev.millrace.ratelimit.RateLimitConfig;
import dev.millrace.redis.RedisConfig;

/** What {@link BoundsCheck} is given in the running service, and what it does with it. */
@QuarkusTest
class RefusedStartTest {

    @Inject
    @Any
    Instance<BoundedConfig> configs;

    @Test
    void everyConfigWithBoundsIsChecked() {
        Set<String> found = new TreeSet<>();
        for (BoundedConfig config : configs) {
            for (Class<?> mapping : config.getClass().getInterfaces()) {
                if (BoundedConfig.class.isAssignableFrom(mapping)) {
                    found.add(mapping.getSimpleName());
                }
            }
        }
        Set<String> all = new TreeSet<>();
        new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("dev.millrace")
                .stream()
                .filter(type -> type.isAssignableTo(BoundedConfig.class) && type.isAnnotatedWith(ConfigMapping.class))
                .forEach(type -> all.add(type.getSimpleName()));
        assertEquals(all, found);
        assertTrue(all.contains("RedisConfig"));
    }

    /** A bean is made when it is first used, which may be long after the start. RedisClients is used at the start by others. */
    @Test
    void whatRefusesAConfigurationIsMadeAtTheStart() {
        Set<String> late = new TreeSet<>();
        new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("dev.millrace")
                .stream()
                .filter(type -> type.isAnnotatedWith(Singleton.class) || type.isAnnotatedWith(ApplicationScoped.class))
                .filter(type -> type.getConstructorCallsFromSelf().stream()
                        .anyMatch(call -> call.getTargetOwner().isEquivalentTo(ConfigurationException.class)))
                .filter(type -> type.getMethods().stream().noneMatch(method -> method.getRawParameterTypes().stream()
                        .anyMatch(parameter -> parameter.isEquivalentTo(StartupEvent.class))))
                .forEach(type -> late.add(type.getSimpleName()));
        assertEquals(Set.of("RedisClients"), late);
    }

    @Test
    void everyNumberOutsideIsNamed() {
        ConfigurationException refused = assertThrows(ConfigurationException.class, () -> BoundsCheck.check(List.of(
                Configs.of(RateLimitConfig.class, "millrace.ratelimit.replicas", "0", "millrace.ratelimit.ipv6-prefix",
                        "129"),
                Configs.of(QueueConfig.class), Configs.of(RedisConfig.class, "millrace.redis.port", "65536"))));
        assertEquals("""
                Invalid configuration:
                \tmillrace.ratelimit.replicas must be at least 1, but is 0
                \tmillrace.ratelimit.ipv6-prefix must be between 1 and 128, but is 129
                \tmillrace.redis.port must be between 1 and 65535, but is 65536""", refused.getMessage());
    }
}
