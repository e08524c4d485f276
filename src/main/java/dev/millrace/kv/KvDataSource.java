package dev.millrace.kv;

import java.util.List;

import jakarta.annotation.Priority;
import jakarta.enterprise.inject.Alternative;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

import io.quarkus.redis.client.RedisClientName;
import io.quarkus.redis.datasource.ReactiveRedisDataSource;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.mutiny.core.Vertx;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;

import dev.millrace.redis.link.RedisDataSources;

/**
 * Makes the data source of the database that {@code /redis} serves, for code in this process: inject
 * {@code @RedisClientName("kv") ReactiveRedisDataSource}. It uses the same connections as {@code /redis}, but not its rules: all commands
 * of the database are allowed.
 */
@Singleton
class KvDataSource {

    /** Value of {@link RedisClientName} at the injection point. */
    static final String NAME = "kv";

    @Produces
    @Singleton
    @Alternative
    @Priority(1)
    @RedisClientName(NAME)
    ReactiveRedisDataSource dataSource(KvRedis redis, Vertx vertx) {
        return RedisDataSources.on(new GuardedRedis(redis), vertx);
    }

    /** Fails all calls while Redis over HTTP is off, because the database may be the service's own. */
    private record GuardedRedis(KvRedis redis) implements Redis {

        @Override
        public Future<RedisConnection> connect() {
            try {
                return redis.asClient().connect();
            } catch (KvException e) {
                return Future.failedFuture(e);
            }
        }

        @Override
        public Future<Response> send(Request command) {
            try {
                return redis.asClient().send(command);
            } catch (KvException e) {
                return Future.failedFuture(e);
            }
        }

        @Override
        public Redis send(Request command, Handler<AsyncResult<Response>> handler) {
            send(command).onComplete(handler);
            return this;
        }

        @Override
        public Future<List<Response>> batch(List<Request> commands) {
            try {
                return redis.asClient().batch(commands);
            } catch (KvException e) {
                return Future.failedFuture(e);
            }
        }

        @Override
        public void close() {}
    }
}
