package dev.millrace.redis.link;

import jakarta.annotation.Priority;
import jakarta.enterprise.inject.Alternative;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

import io.quarkus.redis.datasource.ReactiveRedisDataSource;
import io.quarkus.redis.runtime.datasource.ReactiveRedisDataSourceImpl;
import io.vertx.mutiny.core.Vertx;
import io.vertx.mutiny.redis.client.Redis;
import io.vertx.mutiny.redis.client.RedisAPI;

/**
 * Makes the {@link ReactiveRedisDataSource} bean that everything uses, in place of the one of Quarkus: the same class, but it pipelines
 * on the connections of {@link RedisLinks}, where Quarkus' own borrows a connection from a pool for each command
 * (docs/adr/0002-pinned-connections.md).
 */
@Singleton
public class RedisDataSources {

    /** The data source of the service's own Redis. */
    @Produces
    @Singleton
    @Alternative
    @Priority(1)
    ReactiveRedisDataSource dataSource(RedisLinks links, Vertx vertx) {
        return on(links.redis(), vertx);
    }

    /** Returns a data source that sends its commands through a client of Vert.x. */
    public static ReactiveRedisDataSource on(io.vertx.redis.client.Redis client, Vertx vertx) {
        Redis redis = Redis.newInstance(client);
        return new ReactiveRedisDataSourceImpl(vertx, redis, RedisAPI.api(redis));
    }
}
