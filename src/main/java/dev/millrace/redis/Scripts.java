package dev.millrace.redis;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

import io.quarkus.redis.datasource.ReactiveRedisDataSource;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;

/**
 * Runs Lua scripts by EVALSHA; where Redis does not know a script (restarted, flushed, failed over, another node of the
 * cluster) by EVAL, which also teaches it. Both are atomic, and a NOSCRIPT reply means that nothing ran.
 */
@Singleton
public class Scripts implements ScriptRunner {

    private final ReactiveRedisDataSource redis;
    private final Map<String, Script> scripts = new ConcurrentHashMap<>();

    Scripts(ReactiveRedisDataSource redis) {
        this.redis = redis;
    }

    @Override
    public Script get(String name) {
        return scripts.computeIfAbsent(name, Script::load);
    }

    /** The name of the script that EVALSHA calls so, or null if it is none of the service's, or not used so far. */
    public String nameOf(String sha1) {
        return scripts.values().stream().filter(script -> script.sha1().equals(sha1)).map(Script::name).findFirst()
                .orElse(null);
    }

    @Override
    public Uni<Response> run(Script script, List<String> keys, List<String> args, Buffer bytes) {
        return send(request(Command.EVALSHA, script.sha1(), keys, args, bytes))
                .onFailure(RedisReply::isNoScript)
                .recoverWithUni(() -> send(request(Command.EVAL, script.source(), keys, args, bytes)))
                .map(reply -> reply == null ? null : reply.getDelegate());
    }

    /** The data source's own execute() takes strings only. */
    private Uni<io.vertx.mutiny.redis.client.Response> send(Request request) {
        return redis.getRedis().send(io.vertx.mutiny.redis.client.Request.newInstance(request));
    }

    public static Request request(Command command, String script, List<String> keys, List<String> args, Buffer bytes) {
        Request request = Request.cmd(command).arg(script).arg(keys.size());
        for (String key : keys) {
            request.arg(key);
        }
        for (String arg : args) {
            request.arg(arg);
        }
        if (bytes != null) {
            request.arg(bytes);
        }
        return request;
    }

    /** Only saves the first callers an EVAL, so a failure does not matter; one at a time, so that callers find room. */
    void preload(@Observes RedisConnected event) {
        Multi.createFrom().iterable(scripts.values())
                .onItem().transformToUniAndConcatenate(script -> redis
                        .execute(Command.SCRIPT, "LOAD", script.source()).onFailure().recoverWithNull())
                .subscribe().with(loaded -> {});
    }
}
