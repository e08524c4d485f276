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

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;

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
 * Reads files in the YAML shape of Envoy's rate limit service, one domain each. An unknown field, a duplicate or a value
 * out of bounds is an {@link InvalidDescriptorsException}. Beyond that shape a {@code rate_limit} takes {@code window}
 * (instead of {@code unit}), {@code algorithm}, {@code burst} and {@code fail_mode}.
 */
final class DescriptorYaml {

    @RegisterForReflection
    record File(@Nullable String domain, @Nullable List<Descriptor> descriptors) {}

    /** {@code detailed_metric} and {@code value_to_metric} change nothing: metrics are per rule, so that they are bounded. */
    @RegisterForReflection
    record Descriptor(@Nullable String key, @Nullable String value, @Nullable Limit rateLimit, boolean shadowMode,
            boolean shareThreshold,
            boolean detailedMetric, boolean valueToMetric, @Nullable List<Descriptor> descriptors) {}

    @RegisterForReflection
    record Limit(@Nullable String unit, @Nullable Duration window, @Nullable Long requestsPerUnit, boolean unlimited,
            @Nullable String name,
            @Nullable List<Replaced> replaces, @Nullable Algorithm algorithm, @Nullable Long burst,
            @Nullable FailMode failMode) {}

    @RegisterForReflection
    record Replaced(@Nullable String name) {}

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

    /** Adds a file's domain. */
    DescriptorYaml add(String name, String content) {
        File file = read(name, content);
        String domain = file == null ? "" : orEmpty(file.domain());
        if (file == null || domain.isEmpty()) {
            throw new InvalidDescriptorsException(name, "domain", "must be given");
        }
        Level top = new Reader(name).level(file.descriptors(), "descriptors", domain);
        if (domains.putIfAbsent(domain, top) != null) {
            throw new InvalidDescriptorsException(name, "domain", domain + " is in another file already");
        }
        return this;
    }

    Descriptors descriptors() {
        return new Descriptors(domains);
    }

    private @Nullable File read(String name, String content) {
        try {
            return yaml.readValue(content, File.class);
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

        Level level(@Nullable List<Descriptor> descriptors, String field, String path) {
            Level level = new Level();
            for (int i = 0; descriptors != null && i < descriptors.size(); i++) {
                String at = field + "[" + i + "]";
                Descriptor d = descriptors.get(i);
                String key = d == null ? "" : orEmpty(d.key());
                check(!key.isEmpty(), at + ".key", "must be given");
                String value = orEmpty(d.value());
                check(!d.shareThreshold() || value.endsWith("*"), at + ".share_threshold",
                        "belongs to a value that ends with *");
                String name = path + '.' + key + (value.isEmpty() ? "" : '_' + value);
                Rule rule = d.rateLimit() == null
                        ? null
                        : rule(d.rateLimit(), d.shadowMode(), at + ".rate_limit.", name);
                Level below = level(d.descriptors(), at + ".descriptors", name);
                check(level.add(key, value, d.shareThreshold(), new Node(rule, below)), at,
                        "has the key and value of another descriptor beside it");
            }
            return level;
        }

        private Rule rule(Limit limit, boolean shadow, String at, String policyName) {
            String name = orEmpty(limit.name());
            Policy policy = null;
            if (limit.unlimited()) {
                check(limit.unit() == null && limit.window() == null && limit.requestsPerUnit() == null
                        && limit.algorithm() == null && limit.burst() == null, at + "unlimited",
                        "leaves nothing to limit: it goes with name and replaces only");
            } else {
                policy = policy(limit, window(limit, at), shadow, at, policyName);
            }
            return new Rule(policy, name, replaces(limit, name, at));
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
            // 0 is valid and denies: shown to the checks below as 1.
            Long shown = limit.requestsPerUnit() == null
                    ? null
                    : limit.requestsPerUnit() == 0
                            ? 1
                            : limit.requestsPerUnit();
            PolicyDefinition definition = PolicyDefinition.of(by, shown, window).withBurst(limit.burst());
            for (Violation v : definition.violations("")) {
                String field = v.field().equals("limit") ? "requests_per_unit" : v.field();
                throw new InvalidDescriptorsException(file, at + field, v.message());
            }
            return Rule.policy(name, by, requireNonNull(limit.requestsPerUnit()), window, limit.burst(),
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
