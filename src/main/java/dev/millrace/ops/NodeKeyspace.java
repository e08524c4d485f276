package dev.millrace.ops;

import java.util.List;

import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonInclude;

import io.quarkus.runtime.annotations.RegisterForReflection;

/** The databases of one server that hold keys. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "RedisNodeKeyspace", description = "The databases of one server that hold keys")
public record NodeKeyspace(@Schema(examples = "10.0.0.7:6379") String address, @Nullable NodeError error,
        @Nullable List<Database> databases) {

    /** A database that holds keys. */
    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "RedisDatabase")
    public record Database(@Schema(examples = "0") int db, @Schema(examples = "120000") @Nullable Long keys,
            @Schema(description = "Keys with a TTL", examples = "119400") @Nullable Long expires,
            @Schema(description = "Average remaining TTL of those keys, as Redis estimates it; 0 if unknown", examples = "1740000") @Nullable Long avgTtlMs) {}

    static NodeKeyspace of(String address, InfoFields info) {
        return new NodeKeyspace(address, null, info.numbered("db").entrySet().stream()
                .map(db -> new Database(db.getKey(), db.getValue().number("keys"), db.getValue().number("expires"),
                        db.getValue().number("avg_ttl")))
                .toList());
    }

    static NodeKeyspace failed(String address, NodeError error) {
        return new NodeKeyspace(address, error, null);
    }
}
