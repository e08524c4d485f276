package dev.millrace.redis;

import java.time.Duration;
import java.util.Optional;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

import dev.millrace.config.BoundedConfig;
import dev.millrace.config.Bounds;

/** Where Redis is and how patient the service is with it. */
@ConfigMapping(prefix = "millrace.redis")
public interface RedisConfig extends BoundedConfig {

    /** Host of a standalone server; {@code REDIS_HOST}. Either this or {@link #url()} is needed in production. */
    Optional<String> host();

    /** {@code REDIS_PORT}. */
    @WithDefault("6379")
    int port();

    /** {@code REDIS_PASSWORD}; also used with a {@link #url()} that carries none. */
    Optional<String> password();

    /** {@code REDIS_DB}; a cluster has only database 0. */
    @WithDefault("0")
    int db();

    /**
     * {@code REDIS_URL}: {@code redis[s]://[user:password@]host:port[/db]}, {@code redis[s]-cluster://host:port,...} or
     * {@code redis[s]-sentinel://host:port,...[/db]#master}. Wins over {@link #host()}.
     */
    Optional<String> url();

    /** Name of a Quarkus TLS configuration (trust store, client certificate) for {@code rediss} URLs. */
    Optional<String> tlsConfigurationName();

    /** Deadline of every call, and of opening a connection. */
    @WithDefault("1S")
    Duration timeout();

    /** Calls one connection may have waiting for an answer; past it a call fails with {@code overloaded}. */
    @WithDefault("4096")
    int maxInFlight();

    @Override
    default void check(Bounds bounds) {
        bounds.between("millrace.redis.port", port(), 1, 65535);
        bounds.atLeast("millrace.redis.db", db(), 0);
        bounds.atLeast("millrace.redis.max-in-flight", maxInFlight(), 1);
    }
}
