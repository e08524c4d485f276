package dev.millrace.redis;

import java.util.List;

import io.smallrye.mutiny.Uni;
import io.vertx.redis.client.Response;

/** Runs scripts that are answered only once a replica of Redis has what they wrote, so that a failover does not lose it. */
public interface ReplicatedScripts {

    /** Returns whether Redis is such that replicas can be waited for; not on a cluster. */
    boolean areSupported();

    /**
     * Runs a script on each subscription. Fails with {@link NotReplicatedException} if no replica confirms within half of
     * {@code millrace.redis.timeout}; then what the script wrote is in Redis all the same. Otherwise as {@link ScriptRunner#run}.
     */
    Uni<Response> run(Script script, List<String> keys, List<String> args);
}
