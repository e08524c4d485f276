package dev.millrace.kv;

import java.util.Optional;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

import dev.millrace.config.BoundedConfig;
import dev.millrace.config.Bounds;

/** Settings of Redis over HTTP. */
@ConfigMapping(prefix = "millrace.kv")
public interface KvConfig extends BoundedConfig {

    /** The database of the service's Redis that callers have to themselves; {@code REDIS_KV_DB}. */
    @WithDefault("1")
    int db();

    /** A Redis of their own, in place of that database; {@code REDIS_KV_URL}. */
    Optional<String> url();

    /** Most commands of one request. */
    @WithDefault("10000")
    int maxCommands();

    /** Most keys that KEYS answers; past it, it fails. */
    @WithDefault("100000")
    int maxKeys();

    /** Most bytes of the replies to one request; and in any case no more than an eighth of the service's memory. */
    @WithDefault("64M")
    MemorySize maxReply();

    /** Most requests that follow channels, or what Redis does, on one replica. Each has a connection to Redis. */
    @WithDefault("100")
    int maxListeners();

    @Override
    default void check(Bounds bounds) {
        bounds.atLeast("millrace.kv.db", db(), 0);
        bounds.between("millrace.kv.max-commands", maxCommands(), 1, 100_000);
        bounds.atLeast("millrace.kv.max-keys", maxKeys(), 1);
        bounds.atLeast("millrace.kv.max-listeners", maxListeners(), 0);
    }
}
