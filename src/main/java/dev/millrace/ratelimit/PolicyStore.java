package dev.millrace.ratelimit;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import jakarta.inject.Singleton;

import org.jboss.logging.Logger;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.smallrye.mutiny.Uni;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;

import dev.millrace.redis.Keys;
import dev.millrace.redis.RedisLinks;
import dev.millrace.redis.Script;
import dev.millrace.redis.Scripts;

/** A tenant's policies in Redis: a hash of definitions, and a version that changes with it. */
@Singleton
class PolicyStore {

    /** How a put went. */
    enum Put {
        CREATED,
        REPLACED,
        TOO_MANY
    }

    /** All policies at one version; the version is null where there never was any. */
    record Snapshot(String version, Map<String, Policy> policies) {}

    private static final Logger LOG = Logger.getLogger(PolicyStore.class);
    private static final int MAX_POLICIES = 1000;

    private final RedisLinks redis;
    private final Scripts scripts;
    private final ObjectMapper json;
    private final Script put;
    private final Script delete;

    PolicyStore(RedisLinks redis, Scripts scripts, ObjectMapper json) {
        this.redis = redis;
        this.scripts = scripts;
        this.json = json;
        this.put = scripts.get("ratelimit/policy-put-2");
        this.delete = scripts.get("ratelimit/policy-delete-2");
    }

    Uni<String> version(String tenant) {
        return redis.send(Request.cmd(Command.GET).arg(key(tenant, "version")))
                .map(reply -> reply == null ? null : reply.toString());
    }

    /** The version is read first: should a change come between, the next look at the version shows it. */
    Uni<Snapshot> load(String tenant) {
        return version(tenant).flatMap(version -> redis.send(Request.cmd(Command.HGETALL).arg(key(tenant, "all")))
                .map(reply -> new Snapshot(version, parse(reply))));
    }

    Uni<Put> put(String tenant, String name, PolicyDefinition definition) {
        return scripts.run(put, keys(tenant), List.of(name, write(definition), Integer.toString(MAX_POLICIES)))
                .map(reply -> switch (reply.toInteger()) {
                    case 1 -> Put.CREATED;
                    case 0 -> Put.REPLACED;
                    default -> Put.TOO_MANY;
                });
    }

    /** Whether there was one. */
    Uni<Boolean> delete(String tenant, String name) {
        return scripts.run(delete, keys(tenant), List.of(name)).map(reply -> reply.toInteger() == 1);
    }

    private Map<String, Policy> parse(Response reply) {
        Map<String, Policy> policies = new HashMap<>();
        for (String name : reply.getKeys()) {
            try {
                PolicyDefinition definition = json.readValue(reply.get(name).toString(), PolicyDefinition.class);
                if (definition.violations("").isEmpty()) {
                    policies.put(name, definition.toPolicy(name, Policy.Source.API));
                } else {
                    LOG.errorf("Policy %s in Redis is not valid and is left out", name);
                }
            } catch (JsonProcessingException | RuntimeException e) {
                LOG.errorf("Policy %s in Redis cannot be read and is left out", name);
            }
        }
        return Map.copyOf(policies);
    }

    private String write(PolicyDefinition definition) {
        try {
            return json.writeValueAsString(definition);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> keys(String tenant) {
        return List.of(key(tenant, "all"), key(tenant, "version"));
    }

    private static String key(String tenant, String part) {
        return Keys.key(tenant, "rl", "~policies", part);
    }
}
