package dev.millrace.redis.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.quarkus.runtime.configuration.ConfigurationException;
import io.vertx.core.net.NetClientOptions;
import io.vertx.redis.client.RedisClientType;
import io.vertx.redis.client.RedisOptions;

import dev.millrace.Configs;
import dev.millrace.redis.RedisConfig;

/**
 * Guarantees of where Redis is said to be: every form of URL and host is understood, others are refused at start, and the
 * password is neither printed nor part of a message.
 */
class RedisEndpointTest {

    @Test
    void aUrlOfOneServer() {
        assertEquals(standalone("localhost:6379", false, null, null, 0), url("redis://localhost"));
        assertEquals(standalone("redis.example:6380", true, null, null, 0), url("rediss://redis.example:6380"));
        assertEquals(standalone("h:6379", false, null, "pw", 3), url("redis://:pw@h/3"));
        assertEquals(standalone("h:1", false, "app", "p:w@d/#+ ", 0), url("redis://app:p%3Aw%40d%2F%23+%20@h:1"));
        assertEquals(standalone("h:6379", false, null, "pw", 0), url("redis://pw@h"));
        assertEquals(standalone("[::1]:6379", false, null, null, 0), url("redis://[::1]"));
        assertEquals(standalone("[2001:db8::1]:7000", false, null, null, 1), url("redis://[2001:db8::1]:7000/1"));
        assertEquals(standalone("h:6379", false, null, null, 0), url("  redis://h/  "));
    }

    @Test
    void aUrlOfACluster() {
        RedisEndpoint cluster = url("redis-cluster://a:1,b,[::1]:3");
        assertEquals(RedisClientType.CLUSTER, cluster.type());
        assertEquals(List.of("a:1", "b:6379", "[::1]:3"), cluster.addresses());
        assertTrue(cluster.cluster());
        assertTrue(url("rediss-cluster://u:p@a:1").tls());
        assertFalse(url("redis://a:1").cluster());
    }

    @Test
    void aUrlOfSentinels() {
        RedisEndpoint sentinel = url("rediss-sentinel://u:p@a,b:2/4#my.master-1");
        assertEquals(RedisClientType.SENTINEL, sentinel.type());
        assertEquals(List.of("a:26379", "b:2"), sentinel.addresses());
        assertEquals("my.master-1", sentinel.master());
        assertEquals(4, sentinel.db());
        assertEquals("my.master-1", sentinel.options(new NetClientOptions(), 10).getMasterName());
    }

    @Test
    void theSettingsOneByOne() {
        assertNull(endpoint());
        assertNull(endpoint("millrace.redis.host", "", "millrace.redis.url", " "));
        assertEquals(standalone("h:6379", false, null, null, 0), endpoint("millrace.redis.host", "h"));
        assertEquals(standalone("[::1]:7", false, null, "pw", 2), endpoint("millrace.redis.host", "::1",
                "millrace.redis.port", "7", "millrace.redis.password", "pw", "millrace.redis.db", "2"));
        assertEquals(standalone("u:6379", false, null, "pw", 0), endpoint("millrace.redis.host", "h",
                "millrace.redis.password", "pw", "millrace.redis.url", "redis://u"), "the URL wins");
    }

    @Test
    void theClientIsToldUserPasswordAndDatabase() {
        RedisOptions options = url("redis://app:p%40w@h:1/2").options(new NetClientOptions(), 10);
        assertEquals(List.of("redis://app:p%40w@h:1/2"), options.getEndpoints());
        assertEquals("p@w", options.getPassword());
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost:6379", "http://h", "redis:/h", "redis://", "redis://h:x",
            "redis://h:99999999999",
            "redis://h:65536", "redis://h/x", "redis://h/-1", "redis://h/99999999999", "redis://h?db=1",
            "redis://a,b", "redis-cluster://a/1", "redis-sentinel://a", "redis://a#master", "redis-cluster://a#master",
            "redis://a b", "redis://h:1:2", "redis+tls://h", "redis-cluster://a,,b", "redis-cluster://,",
            "redis://my_redis",
            "redis://h:0"})
    void otherUrlsAreRefused(String url) {
        assertNotNull(refusal(url), url);
    }

    @ParameterizedTest
    @ValueSource(strings = {"my_redis", "h:6380", "redis://h", "h/1", "a b", "u@h", "h?x", "h#x"})
    void otherHostsAreRefused(String host) {
        Exception e = assertThrows(ConfigurationException.class, () -> endpoint("millrace.redis.host", host));
        assertTrue(e.getMessage().startsWith("REDIS_HOST: bad host"), e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"redis://:hunter2@h:x", "redis://:hunter2@", "redis://app:hunter2@h/x", "http://hunter2@h",
            "redis://:hunter2@h,i", "redis://:hunter2%zz@h", "redis://hunter2%@h", "redis-cluster://:hunter2@h/1",
            "redis://:hunter2@h/99999999999", "redis://:hunter2@h i", "redis://:a/hunter2@h", "redis://:a#hunter2@h"})
    void aPasswordIsNotRepeated(String url) {
        String message = refusal(url);
        assertFalse(message.contains("hunter2"), message);
        assertTrue(message.startsWith("REDIS_URL: "), message);
    }

    @Test
    void aPasswordIsNotPrinted() {
        for (String url : List.of("redis://app:hunter2@h", "rediss-cluster://:hunter2@a,b",
                "redis-sentinel://hunter2@a#m")) {
            assertFalse(url(url).toString().contains("hunter2"));
        }
        assertEquals("standalone h:6379 (TLS)", url("rediss://app:hunter2@h").toString());
    }

    private static RedisEndpoint standalone(String address, boolean tls, String user, String password, int db) {
        return new RedisEndpoint(RedisClientType.STANDALONE, List.of(address), tls, user, password, db, null);
    }

    private static RedisEndpoint url(String url) {
        return endpoint("millrace.redis.url", url);
    }

    /** All that whoever starts the service may get to see, causes included. */
    private static String refusal(String url) {
        Throwable e = assertThrows(RuntimeException.class, () -> url(url));
        StringBuilder messages = new StringBuilder();
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            messages.append(cause.getMessage()).append('\n');
        }
        return messages.toString();
    }

    private static RedisEndpoint endpoint(String... config) {
        return RedisEndpoint.of(Configs.of(RedisConfig.class, config));
    }
}
