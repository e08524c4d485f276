package dev.millrace.ops;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonInclude;

import io.quarkus.runtime.annotations.RegisterForReflection;

/** The connections to one server, from a reply to CLIENT LIST. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "RedisNodeClients", description = "The connections to one server")
public record NodeClients(@Schema(examples = "10.0.0.7:6379") String address, @Nullable NodeError error,
        @Schema(description = "Number of connections", examples = "42") @Nullable Integer total,
        @Schema(description = "The connections with the highest memory use first") @Nullable List<Client> clients) {

    /** A connection. A field is null if the version of the server does not report it. */
    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "RedisClient")
    public record Client(@Schema(examples = "1207") @Nullable Long id,
            @Schema(examples = "10.0.0.21:51234") @Nullable String address,
            @Schema(description = "Set with CLIENT SETNAME", examples = "billing") @Nullable String name,
            @Schema(examples = "default") @Nullable String user,
            @Schema(description = "normal, pubsub, replica, primary or monitor", examples = "normal") @Nullable String type,
            @Schema(description = "The flags of CLIENT LIST", examples = "N") @Nullable String flags,
            @Schema(examples = "0") @Nullable Long db,
            @Schema(description = "In steps of 1 s", examples = "3600000") @Nullable Long ageMs,
            @Schema(description = "In steps of 1 s", examples = "0") @Nullable Long idleMs,
            @Schema(examples = "evalsha") @Nullable String lastCommand,
            @Schema(description = "Subscribed channels and patterns", examples = "0") @Nullable Long subscriptions,
            @Schema(description = "Commands that Redis has not run yet", examples = "0") @Nullable Long queryBufferBytes,
            @Schema(description = "Replies that the client has not read yet", examples = "0") @Nullable Long outputBufferBytes,
            @Schema(description = "Total memory use of the connection", examples = "22400") @Nullable Long memoryBytes,
            @Schema(description = "Set with CLIENT SETINFO", examples = "jedis 5.1.0") @Nullable String library) {

        /** Parses a line of {@code name=value name=value}. No value contains a space. */
        static Client parse(String line) {
            Map<String, String> fields = new HashMap<>();
            for (String field : line.strip().split(" ")) {
                int equals = field.indexOf('=');
                if (equals > 0 && equals < field.length() - 1) {
                    fields.put(field.substring(0, equals), field.substring(equals + 1));
                }
            }
            String flags = fields.get("flags");
            return new Client(number(fields, "id"), fields.get("addr"), fields.get("name"), fields.get("user"),
                    type(flags), flags, number(fields, "db"), ms(fields, "age"), ms(fields, "idle"),
                    command(fields.get("cmd")), sum(fields, "sub", "psub", "ssub"), number(fields, "qbuf"),
                    sum(fields, "obl", "omem"), number(fields, "tot-mem"), library(fields));
        }

        private static @Nullable String type(@Nullable String flags) {
            if (flags == null) {
                return null;
            }
            return flags.contains("O")
                    ? "monitor"
                    : flags.contains("S")
                            ? "replica"
                            : flags.contains("M") ? "primary" : flags.contains("P") ? "pubsub" : "normal";
        }

        private static @Nullable String command(@Nullable String cmd) {
            return "NULL".equals(cmd) ? null : cmd;
        }

        private static @Nullable String library(Map<String, String> fields) {
            String name = fields.get("lib-name");
            String version = fields.get("lib-ver");
            return name == null || version == null ? name : name + " " + version;
        }

        private static @Nullable Long ms(Map<String, String> fields, String name) {
            Long seconds = number(fields, name);
            return seconds == null ? null : seconds * 1000;
        }

        private static @Nullable Long sum(Map<String, String> fields, String... names) {
            Long sum = null;
            for (String name : names) {
                Long value = number(fields, name);
                if (value != null) {
                    sum = (sum == null ? 0 : sum) + value;
                }
            }
            return sum;
        }

        private static @Nullable Long number(Map<String, String> fields, String name) {
            try {
                return Long.valueOf(fields.getOrDefault(name, ""));
            } catch (NumberFormatException e) {
                return null;
            }
        }

        private long weight() {
            return memoryBytes != null ? memoryBytes : outputBufferBytes != null ? outputBufferBytes : 0;
        }
    }

    /** @param limit maximum number of connections to list */
    static NodeClients of(String address, String list, int limit) {
        List<Client> all = list.lines().filter(line -> !line.isBlank()).map(Client::parse)
                .sorted(Comparator.comparingLong(Client::weight).reversed()).toList();
        return new NodeClients(address, null, all.size(), List.copyOf(all.subList(0, Math.min(limit, all.size()))));
    }

    static NodeClients failed(String address, NodeError error) {
        return new NodeClients(address, error, null, null);
    }
}
