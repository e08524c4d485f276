package dev.millrace.ratelimit.envoy;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.google.protobuf.Struct;

import io.quarkus.runtime.annotations.RegisterForReflection;

import dev.millrace.http.json.JsonSettings;
import dev.millrace.http.problem.JsonViolations;
import dev.millrace.http.problem.Violation;
import dev.millrace.ratelimit.Algorithm;
import dev.millrace.ratelimit.FailMode;
import dev.millrace.ratelimit.Policy;
import dev.millrace.ratelimit.PolicyDefinition;
import dev.millrace.ratelimit.envoy.Descriptors.Level;
import dev.millrace.ratelimit.envoy.Descriptors.Node;

/**
 * Reads files in the YAML shape of Envoy's rate limit service, one domain each; files of one domain are joined in order. An unknown
 * field, a duplicate, a descriptor that nothing can match or a value out of bounds is an {@link InvalidDescriptorsException}. Beyond that
 * shape a {@code rate_limit} takes {@code window} (instead of {@code unit}), {@code algorithm}, {@code burst}, {@code fail_mode} and
 * {@code overdraft}.
 */
final class DescriptorYaml {

    @RegisterForReflection
    record File(@Nullable String domain, @Nullable List<Descriptor> descriptors) {}

    /** {@code detailed_metric} and {@code value_to_metric} change nothing: metrics are per rule, so that they are bounded. */
    @RegisterForReflection
    record Descriptor(@Nullable String key, @Nullable String value, @Nullable Limit rateLimit, boolean shadowMode,
            boolean shareThreshold, boolean quotaMode, @Nullable Map<String, @Nullable Object> metadata,
            boolean detailedMetric, boolean valueToMetric, @Nullable List<Descriptor> descriptors) {}

    @RegisterForReflection
    record Limit(@Nullable String unit, @Nullable Duration window, @Nullable Long requestsPerUnit, boolean unlimited,
            @Nullable String name,
            @Nullable List<Replaced> replaces, @Nullable Algorithm algorithm, @Nullable Long burst,
            @Nullable FailMode failMode, @Nullable Boolean overdraft) {}

    @RegisterForReflection
    record Replaced(@Nullable String name) {}

    /** A uint32, as in Envoy's protocol. */
    static final long MAX_REQUESTS = 0xFFFF_FFFFL;

    private final ObjectMapper yaml = new ObjectMapper(new YAMLFactory());
    private final Algorithm algorithm;
    private final @Nullable FailMode failMode;
    private final Map<String, Level> domains = new HashMap<>();

    /**
     * @param algorithm of limits that name none
     * @param failMode of limits that name none; may be null
     */
    DescriptorYaml(Algorithm algorithm, @Nullable FailMode failMode) {
        this.algorithm = algorithm;
        this.failMode = failMode;
        new JsonSettings().customize(yaml);
        yaml.setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE);
        // An unquoted 404 or true is a text like any other.
        yaml.coercionConfigFor(LogicalType.Textual)
                .setCoercion(CoercionInputShape.Integer, CoercionAction.TryConvert)
                .setCoercion(CoercionInputShape.Float, CoercionAction.TryConvert)
                .setCoercion(CoercionInputShape.Boolean, CoercionAction.TryConvert);
    }

    /** Adds a file's descriptors to its domain. */
    DescriptorYaml add(String name, String content) {
        File file = read(name, content);
        String domain = file == null ? "" : orEmpty(file.domain());
        if (file == null || domain.isEmpty()) {
            throw new InvalidDescriptorsException(name, "domain", "must be given");
        }
        new Reader(name).add(domains.computeIfAbsent(domain, d -> new Level()), file.descriptors(), "descriptors",
                domain);
        return this;
    }

    Descriptors descriptors() {
        return new Descriptors(domains);
    }

    private @Nullable File read(String name, String content) {
        try {
            return yaml.readValue(YamlAliases.expand(content), File.class);
        } catch (MarkedYAMLException e) {
            throw new InvalidDescriptorsException(name, "not well-formed YAML at line "
                    + (e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1) + ": " + e.getProblem());
        } catch (YAMLException e) {
            throw new InvalidDescriptorsException(name, "not well-formed YAML: " + e.getMessage());
        } catch (JacksonException e) {
            if (e instanceof JsonMappingException mapping && !(e.getCause() instanceof IOException)) {
                Violation v = JsonViolations.of(mapping);
                throw v.field().isEmpty()
                        ? new InvalidDescriptorsException(name, "must hold one object, of domain and descriptors")
                        : new InvalidDescriptorsException(name, v.field(), v.message());
            }
            String where = e.getLocation() == null ? "" : " at line " + e.getLocation().getLineNr();
            throw new InvalidDescriptorsException(name,
                    "not well-formed YAML" + where + ": " + e.getOriginalMessage().lines().findFirst().orElse(""));
        }
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    /** Turns one file into its tree. */
    private final class Reader {
        private final String file;

        Reader(String file) {
            this.file = file;
        }

        Level add(Level level, @Nullable List<Descriptor> descriptors, String field, String path) {
            for (int i = 0; descriptors != null && i < descriptors.size(); i++) {
                String at = field + "[" + i + "]";
                Descriptor d = descriptors.get(i);
                String key = d == null ? "" : orEmpty(d.key());
                check(!key.isEmpty(), at + ".key", "must be given");
                String value = orEmpty(d.value());
                check(!Glob.isGlob(key), at + ".key", "must not contain *: a key is matched as it is");
                check(!d.shareThreshold() || Glob.isGlob(value), at + ".share_threshold",
                        "belongs to a value with a *");
                String name = path + '.' + key + (value.isEmpty() ? "" : '_' + value);
                check(d.rateLimit() != null || !d.quotaMode(), at + ".quota_mode", "needs a rate_limit");
                check(d.rateLimit() != null || d.metadata() == null, at + ".metadata", "needs a rate_limit");
                Rule rule = d.rateLimit() == null ? null : rule(d, d.rateLimit(), at, name);
                Level below = add(new Level(), d.descriptors(), at + ".descriptors", name);
                String fault = level.add(key, value, d.shareThreshold(), new Node(rule, below));
                if (fault != null) {
                    throw new InvalidDescriptorsException(file, at, fault);
                }
            }
            return level;
        }

        private Rule rule(Descriptor d, Limit limit, String descriptor, String policyName) {
            String at = descriptor + ".rate_limit.";
            String name = orEmpty(limit.name());
            Policy policy = null;
            if (limit.unlimited()) {
                check(limit.unit() == null && limit.window() == null && limit.requestsPerUnit() == null
                        && limit.algorithm() == null && limit.burst() == null && limit.overdraft() == null,
                        at + "unlimited", "leaves nothing to limit: it goes with name and replaces only");
                check(!d.quotaMode(), descriptor + ".quota_mode", "does not go with unlimited");
            } else {
                policy = policy(limit, window(limit, at), d.shadowMode(), at, policyName);
                check(!Boolean.TRUE.equals(limit.overdraft()) || Rule.canOverdraw(policy.algorithm()),
                        at + "overdraft", "does not go with sliding-window, which stores each admission; "
                                + "use sliding-window-counter");
            }
            return new Rule(policy, name, replaces(limit, name, at), limit.overdraft(), d.quotaMode(),
                    metadata(d, descriptor + ".metadata"));
        }

        private Struct metadata(Descriptor d, String at) {
            if (d.metadata() == null) {
                return Struct.getDefaultInstance();
            }
            for (String key : d.metadata().keySet()) {
                check(!EnvoyMetadata.OWN.contains(key), at + '.' + key, "is a name of the service's own");
            }
            return EnvoyMetadata.struct(d.metadata());
        }

        private Duration window(Limit limit, String at) {
            check(orEmpty(limit.unit()).isEmpty() != (limit.window() == null), at + "unit",
                    "or window must be given, not both");
            if (limit.window() != null) {
                return limit.window();
            }
            Unit unit = Unit.named(orEmpty(limit.unit()));
            if (unit == null) {
                throw new InvalidDescriptorsException(file, at + "unit",
                        "must be second, minute, hour, day, week, month or year");
            }
            return unit.window();
        }

        private Policy policy(Limit limit, Duration window, boolean shadow, String at, String name) {
            Algorithm by = limit.algorithm() == null ? algorithm : limit.algorithm();
            check(by != Algorithm.CONCURRENCY, at + "algorithm", "must not be concurrency, which needs leases");
            Long requests = limit.requestsPerUnit();
            check(requests == null || requests >= 0 && requests <= MAX_REQUESTS, at + "requests_per_unit",
                    "must be between 0 and " + MAX_REQUESTS);
            // 0 is valid and denies, and where only counts are kept there may be more than over HTTP.
            Long shown = requests == null || by.maxLimit() < Policy.MAX_LIMIT && requests > 0
                    ? requests
                    : Long.valueOf(Math.max(1, Math.min(Policy.MAX_LIMIT, requests)));
            PolicyDefinition definition = PolicyDefinition.of(by, shown, window).withBurst(limit.burst());
            for (Violation v : definition.violations("")) {
                String field = v.field().equals("limit") ? "requests_per_unit" : v.field();
                throw new InvalidDescriptorsException(file, at + field, v.message());
            }
            return Rule.policy(name, by, requireNonNull(requests), window, limit.burst(),
                    limit.failMode() == null ? failMode : limit.failMode(), shadow);
        }

        private Set<String> replaces(Limit limit, String name, String at) {
            Set<String> names = new HashSet<>();
            for (int i = 0; limit.replaces() != null && i < limit.replaces().size(); i++) {
                Replaced replaced = limit.replaces().get(i);
                String field = at + "replaces[" + i + "].name";
                String other = replaced == null ? "" : orEmpty(replaced.name());
                check(!other.isEmpty(), field, "must be given");
                check(!other.equals(name), field, "must not be the limit's own");
                names.add(other);
            }
            return Set.copyOf(names);
        }

        private void check(boolean condition, String field, String message) {
            if (!condition) {
                throw new InvalidDescriptorsException(file, field, message);
            }
        }
    }
}
