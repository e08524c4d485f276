package dev.millrace.kv;

import java.util.List;
import java.util.Optional;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

import dev.millrace.config.BoundedConfig;
import dev.millrace.config.Bounds;

/** Settings of Redis over HTTP. */
@ConfigMapping(prefix = "millrace.kv")
public interface KvConfig extends BoundedConfig {

    /** The database of the service's Redis that {@code /redis} serves; {@code REDIS_KV_DB}. */
    @WithDefault("1")
    int db();

    /** A separate Redis for {@code /redis}, in place of that database; {@code REDIS_KV_URL}. */
    Optional<String> url();

    /** Maximum number of commands in one request. */
    @WithDefault("10000")
    int maxCommands();

    /** Maximum number of keys that KEYS returns; with more, it fails. */
    @WithDefault("100000")
    int maxKeys();

    /** Maximum size of the replies to one request, and at most an eighth of the service's memory. */
    @WithDefault("64M")
    MemorySize maxReply();

    /** Maximum number of requests on one replica that subscribe or monitor. Each has its own connection to Redis. */
    @WithDefault("100")
    int maxListeners();

    /** Maximum number of such requests of one tenant. */
    @WithDefault("50")
    int maxListenersPerTenant();

    /** Maximum number of such requests of one API key. */
    @WithDefault("25")
    int maxListenersPerKey();

    /** Whether keys with the scope {@code redis:read} may run EVAL_RO and EVALSHA_RO. A script can keep Redis busy. */
    @WithDefault("false")
    boolean scriptsForReaders();

    /** Origins whose pages may call {@code /redis} from a browser, such as {@code https://app.example.com}; {@code *} for all. */
    Optional<List<String>> corsOrigins();

    @Override
    default void check(Bounds bounds) {
        bounds.atLeast("millrace.kv.db", db(), 0);
        bounds.between("millrace.kv.max-commands", maxCommands(), 1, 100_000);
        bounds.atLeast("millrace.kv.max-keys", maxKeys(), 1);
        bounds.atLeast("millrace.kv.max-listeners", maxListeners(), 0);
        bounds.atLeast("millrace.kv.max-listeners-per-tenant", maxListenersPerTenant(), 0);
        bounds.atLeast("millrace.kv.max-listeners-per-key", maxListenersPerKey(), 0);
    }
}
