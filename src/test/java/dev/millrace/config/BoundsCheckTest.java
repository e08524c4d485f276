package dev.millrace.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import dev.millrace.Configs;
import dev.millrace.cache.CacheConfig;
import dev.millrace.http.ListenerConfig;
import dev.millrace.kv.KvConfig;
import dev.millrace.queue.QueueConfig;
import dev.millrace.queue.mail.MailConfig;
import dev.millrace.ratelimit.RateLimitConfig;
import dev.millrace.redis.RedisConfig;
import dev.millrace.session.SessionConfig;
import dev.millrace.token.TokenConfig;
import dev.millrace.user.EventConfig;

class BoundsCheckTest {

    /** Every setting with bounds; a maximum of Integer.MAX_VALUE stands for none. */
    static Stream<Arguments> settings() {
        return Stream.of(setting(RateLimitConfig.class, "millrace.ratelimit.replicas", 1, Integer.MAX_VALUE),
                setting(RateLimitConfig.class, "millrace.ratelimit.ipv6-prefix", 1, 128),
                setting(EventConfig.class, "millrace.sessions.events.kept", 128, 100_000_000),
                setting(RedisConfig.class, "millrace.redis.port", 1, 65535),
                setting(RedisConfig.class, "millrace.redis.db", 0, Integer.MAX_VALUE),
                setting(RedisConfig.class, "millrace.redis.max-in-flight", 1, Integer.MAX_VALUE),
                setting(CacheConfig.class, "millrace.cache.max-value-bytes", 1, 64 << 20),
                setting(CacheConfig.class, "millrace.cache.compress-above", 0, Integer.MAX_VALUE),
                setting(CacheConfig.class, "millrace.cache.max-inflated-bytes", 1, 1 << 30),
                setting(CacheConfig.class, "millrace.cache.max-inflations", 1, Integer.MAX_VALUE),
                setting(QueueConfig.class, "millrace.queue.max-payload-bytes", 1, 1 << 20),
                setting(MailConfig.class, "millrace.queue.mail.concurrency", 1, 1000),
                setting(TokenConfig.class, "millrace.tokens.max-per-user", 1, 10_000),
                setting(SessionConfig.class, "millrace.sessions.max-per-user", 1, 10_000),
                setting(KvConfig.class, "millrace.kv.db", 0, Integer.MAX_VALUE),
                setting(KvConfig.class, "millrace.kv.max-commands", 1, 100_000),
                setting(KvConfig.class, "millrace.kv.max-keys", 1, Integer.MAX_VALUE),
                setting(KvConfig.class, "millrace.kv.max-listeners", 0, Integer.MAX_VALUE),
                setting(KvConfig.class, "millrace.kv.max-listeners-per-tenant", 0, Integer.MAX_VALUE),
                setting(KvConfig.class, "millrace.kv.max-listeners-per-key", 0, Integer.MAX_VALUE),
                setting(ListenerConfig.class, "millrace.events.max-listeners", 0, Integer.MAX_VALUE),
                setting(ListenerConfig.class, "millrace.events.max-listeners-per-tenant", 0, Integer.MAX_VALUE),
                setting(ListenerConfig.class, "millrace.events.max-listeners-per-key", 0, Integer.MAX_VALUE));
    }

    private static Arguments setting(Class<? extends BoundedConfig> mapping, String name, int min, int max) {
        return Arguments.of(mapping, name, min, max);
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("settings")
    void theBoundsThemselvesAreAccepted(Class<? extends BoundedConfig> mapping, String name, int min, int max) {
        assertEquals(List.of(), violations(mapping, name, min));
        assertEquals(List.of(), violations(mapping, name, max));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("settings")
    void numbersOutsideAreNamedWithBoundsAndValue(Class<? extends BoundedConfig> mapping, String name, int min,
            int max) {
        String bounds = max == Integer.MAX_VALUE ? "at least " + min : "between " + min + " and " + max;
        int[] outside = max == Integer.MAX_VALUE ? new int[]{min - 1} : new int[]{min - 1, max + 1};
        for (int value : outside) {
            assertEquals(List.of(name + " must be " + bounds + ", but is " + value), violations(mapping, name, value));
        }
    }

    private static List<String> violations(Class<? extends BoundedConfig> mapping, String name, int value) {
        Bounds bounds = new Bounds();
        Configs.of(mapping, name, String.valueOf(value)).check(bounds);
        return bounds.violations();
    }
}
