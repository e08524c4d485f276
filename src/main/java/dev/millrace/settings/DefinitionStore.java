package dev.millrace.settings;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import jakarta.inject.Singleton;

import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.quarkus.redis.datasource.ReactiveRedisDataSource;
import io.quarkus.redis.datasource.hash.ReactiveHashCommands;
import io.quarkus.redis.datasource.value.ReactiveValueCommands;
import io.smallrye.mutiny.Uni;

import dev.millrace.redis.Keys;
import dev.millrace.redis.ReplyCodes;
import dev.millrace.redis.Script;
import dev.millrace.redis.ScriptRunner;

/** A tenant's definitions of one kind in Redis: a hash of them by name, and a version that changes with it. */
@Singleton
class DefinitionStore {

    /** All definitions at one version; the version is null if there never was a definition. */
    record Snapshot<T>(@Nullable String version, Map<String, T> definitions) {}

    private static final ReplyCodes<PutResult> PUT_RESULTS = ReplyCodes.of(PutResult.class);
    private static final Logger LOG = Logger.getLogger(DefinitionStore.class);

    private final ReactiveValueCommands<String, String> values;
    private final ReactiveHashCommands<String, String, String> hashes;
    private final ScriptRunner scripts;
    private final ObjectMapper json;
    private final Script put;
    private final Script delete;

    DefinitionStore(ReactiveRedisDataSource redis, ScriptRunner scripts, ObjectMapper json) {
        this.values = redis.value(String.class);
        this.hashes = redis.hash(String.class);
        this.scripts = scripts;
        this.json = json;
        this.put = scripts.get("settings/put-2");
        this.delete = scripts.get("settings/delete-2");
    }

    Uni<String> version(String tenant, DefinitionKind<?, ?> kind) {
        return values.get(versionKey(tenant, kind));
    }

    /** Reads the version first: if a change comes in between, the next check of the version shows it. */
    <D, T> Uni<Snapshot<T>> load(String tenant, DefinitionKind<D, T> kind) {
        return version(tenant, kind)
                .flatMap(version -> hashes.hgetall(all(tenant, kind))
                        .map(all -> new Snapshot<>(version, parse(kind, all))));
    }

    <D> Uni<PutResult> put(String tenant, DefinitionKind<D, ?> kind, String name, D definition) {
        return scripts.run(put, keys(tenant, kind), List.of(name, write(definition), Integer.toString(kind.most())))
                .map(PUT_RESULTS::read);
    }

    /** Deletes a definition, and returns whether there was one. */
    Uni<Boolean> delete(String tenant, DefinitionKind<?, ?> kind, String name) {
        return scripts.run(delete, keys(tenant, kind), List.of(name)).map(ReplyCodes::flag);
    }

    private <D, T> Map<String, T> parse(DefinitionKind<D, T> kind, Map<String, String> all) {
        Map<String, T> definitions = new HashMap<>();
        all.forEach((name, text) -> {
            try {
                D definition = json.readValue(text, kind.type());
                if (kind.violations().apply(definition).isEmpty()) {
                    definitions.put(name, kind.reading().apply(name, definition));
                } else {
                    LOG.errorf("%s %s in Redis is invalid and is ignored", kind.title(), name);
                }
            } catch (JsonProcessingException | RuntimeException e) {
                LOG.errorf("%s %s in Redis cannot be read and is ignored", kind.title(), name);
            }
        });
        return Map.copyOf(definitions);
    }

    private String write(Object definition) {
        try {
            return json.writeValueAsString(definition);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> keys(String tenant, DefinitionKind<?, ?> kind) {
        return List.of(all(tenant, kind), versionKey(tenant, kind));
    }

    private static String all(String tenant, DefinitionKind<?, ?> kind) {
        return Keys.definitions(tenant, kind.feature(), kind.entity());
    }

    private static String versionKey(String tenant, DefinitionKind<?, ?> kind) {
        return Keys.definitionsVersion(tenant, kind.feature(), kind.entity());
    }
}
