package dev.millrace.redis;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import io.quarkus.redis.datasource.ReactiveRedisDataSource;
import io.quarkus.runtime.LaunchMode;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;

/**
 * Runs Lua scripts by EVALSHA; where Redis does not know a script (restarted, flushed, failed over, another node of the
 * cluster) by EVAL, which also teaches it. Both are atomic, and a NOSCRIPT reply means that nothing ran.
 */
@Singleton
public class Scripts implements ScriptRunner {

    private static final Logger LOG = Logger.getLogger(Scripts.class);

    private final ReactiveRedisDataSource redis;
    private final Map<String, Script> scripts = new ConcurrentHashMap<>();
    /** In dev mode a saved script is in use with the next call, without a restart. */
    private final boolean reload = LaunchMode.current() == LaunchMode.DEVELOPMENT;

    Scripts(ReactiveRedisDataSource redis) {
        this.redis = redis;
    }

    @Override
    public Script get(String name) {
        return scripts.computeIfAbsent(name, Script::load);
    }

    /** The name of the script that EVALSHA calls so, or null if it is none of the service's, or not used so far. */
    public @Nullable String nameOf(String sha1) {
        return scripts.values().stream().filter(script -> script.sha1().equals(sha1)).map(Script::name).findFirst()
                .orElse(null);
    }

    @Override
    public Uni<Response> run(Script script, List<String> keys, List<String> args, byte @Nullable [] bytes) {
        Script current = current(script);
        return send(request(Command.EVALSHA, current.sha1(), keys, args, bytes))
                .onFailure(RedisReply::isError)
                .recoverWithUni(failure -> RedisReply.isNoScript(failure)
                        ? send(request(Command.EVAL, current.source(), keys, args, bytes))
                                .onFailure(RedisReply::isError).transform(current::failure)
                        : Uni.createFrom().failure(current.failure(failure)))
                .map(reply -> reply == null ? null : reply.getDelegate());
    }

    /** Returns the script as it is now: in dev mode read anew from the class path, to which a change is copied with the next request. */
    public Script current(Script script) {
        return reload ? scripts.compute(script.name(), (name, known) -> Script.load(name)) : script;
    }

    /** The data source's own execute() takes strings only. */
    private Uni<io.vertx.mutiny.redis.client.Response> send(Request request) {
        return redis.getRedis().send(io.vertx.mutiny.redis.client.Request.newInstance(request));
    }

    /** Returns the command that runs a script: EVALSHA with its SHA-1 or EVAL with its source. {@code bytes} may be null. */
    public static Request request(Command command, String script, List<String> keys, List<String> args,
            byte @Nullable [] bytes) {
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

    /** Saves the first callers an EVAL; one at a time, so that callers find room. A script that does not compile is logged here. */
    void preload(@Observes RedisConnected event) {
        Multi.createFrom().iterable(scripts.values())
                .onItem().transformToUniAndConcatenate(script -> redis
                        .execute(Command.SCRIPT, "LOAD", script.source())
                        .onFailure(RedisReply::isError).invoke(e -> LOG.error(script.failure(e).getMessage()))
                        .onFailure().recoverWithNull())
                .subscribe().with(loaded -> {});
    }
}
