package dev.millrace.redis;

import java.util.List;

import org.jspecify.annotations.Nullable;

import io.smallrye.mutiny.Uni;
import io.vertx.redis.client.Response;

/**
 * Runs Lua scripts. Stores need nothing else of the transport, so tests can run them on a Redis whose clock they move.
 *
 * <p>Every script is atomic. A failed run fails the {@code Uni} with a {@link RedisUnavailableException} if Redis is away, overloaded
 * or refuses the script.
 */
public interface ScriptRunner {

    /**
     * Returns the script of that name. Stores ask once, when they are created.
     *
     * @param name {@code <feature>/<verb>-<keys>}
     * @throws IllegalStateException if there is no such script
     */
    Script get(String name);

    /**
     * Runs a script on each subscription.
     *
     * @param keys all keys that the script uses, with one hash tag, since Redis may be a cluster
     * @param args its other arguments
     */
    default Uni<Response> run(Script script, List<String> keys, List<String> args) {
        return run(script, keys, args, null);
    }

    /**
     * Runs a script on each subscription, with a last argument of bytes.
     *
     * @param bytes the last argument; null for none
     */
    Uni<Response> run(Script script, List<String> keys, List<String> args, byte @Nullable [] bytes);
}
