package dev.millrace.kv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.time.Duration;

import jakarta.inject.Inject;

import org.junit.jupiter.api.Test;

import io.quarkus.redis.client.RedisClientName;
import io.quarkus.redis.datasource.ReactiveRedisDataSource;
import io.quarkus.test.junit.QuarkusTest;

/** The data source of the database that /redis serves. */
@QuarkusTest
class KvDataSourceTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    @Inject
    @RedisClientName("kv")
    ReactiveRedisDataSource callers;

    @Inject
    ReactiveRedisDataSource own;

    @Test
    void isTheDatabaseOfCallersAndNotTheServices() {
        callers.value(String.class).set("mr:{data-source}", "seen").await().atMost(TIMEOUT);
        try {
            assertEquals("seen", Kv.result("GET", "mr:{data-source}").asText());
            assertNull(own.value(String.class).get("mr:{data-source}").await().atMost(TIMEOUT));
        } finally {
            callers.key().del("mr:{data-source}").await().atMost(TIMEOUT);
        }
    }
}
