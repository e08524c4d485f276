package dev.millrace.ratelimit.envoy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import dev.millrace.ratelimit.envoy.proto.RateLimitDescriptor.Entry;

/**
 * The configured rules: per domain a tree against which a request's descriptor is matched, entry by entry. At each level a
 * descriptor with the exact value has priority, then the first in the file whose value ends with {@code *} and is a prefix of the
 * entry's, then the one without a value. There is no backtracking. A rule applies only if the descriptor ends exactly at it.
 */
final class Descriptors {

    /** No rules at all. */
    static final Descriptors NONE = new Descriptors(Map.of());

    /** The descriptors of a level, by key. */
    static final class Level {
        private final Map<String, Alternatives> byKey = new HashMap<>();

        /** Returns whether the place was free. */
        boolean add(String key, String value, boolean shared, Node node) {
            Alternatives alternatives = byKey.computeIfAbsent(key, k -> new Alternatives());
            if (alternatives.byValue.putIfAbsent(value, node) != null) {
                return false;
            }
            if (value.endsWith("*")) {
                alternatives.wildcards.add(new Wildcard(value.substring(0, value.length() - 1), value, shared, node));
            }
            return true;
        }

        private @Nullable Step step(Entry entry) {
            Alternatives alternatives = byKey.get(entry.getKey());
            return alternatives == null ? null : alternatives.step(entry.getValue());
        }
    }

    /** A node of the tree: the rule that applies there, if any, and its children. */
    record Node(@Nullable Rule rule, Level below) {}

    private record Wildcard(String prefix, String value, boolean shared, Node node) {}

    private record Step(Node node, String countedAs) {}

    /** The descriptors with one key; a descriptor without a value has an empty one. */
    private static final class Alternatives {
        private final Map<String, Node> byValue = new HashMap<>();
        private final List<Wildcard> wildcards = new ArrayList<>();

        private @Nullable Step step(String value) {
            Node node = byValue.get(value);
            if (node != null && !value.endsWith("*")) {
                return new Step(node, value);
            }
            for (Wildcard wildcard : wildcards) {
                if (value.startsWith(wildcard.prefix)) {
                    return new Step(wildcard.node, wildcard.shared ? wildcard.value : value);
                }
            }
            node = byValue.get("");
            return node == null ? null : new Step(node, value);
        }
    }

    /** A rule that applies, and the identifier under which it counts the descriptor. */
    record Match(Rule rule, String identifier) {}

    private final Map<String, Level> domains;

    Descriptors(Map<String, Level> domains) {
        this.domains = Map.copyOf(domains);
    }

    boolean hasDomain(String domain) {
        return domains.containsKey(domain);
    }

    /** Returns the rule for a descriptor, or null if none applies. */
    @Nullable
    Match match(String domain, List<Entry> entries) {
        Level level = domains.get(domain);
        Node node = null;
        EntryPath path = new EntryPath();
        for (Entry entry : entries) {
            Step step = level == null ? null : level.step(entry);
            if (step == null) {
                return null;
            }
            path.add(entry.getKey(), step.countedAs);
            node = step.node;
            level = node.below;
        }
        return node == null || node.rule == null ? null : new Match(node.rule, path.identifier());
    }
}
