package dev.millrace.ratelimit.envoy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import dev.millrace.ratelimit.envoy.proto.RateLimitDescriptor.Entry;

/**
 * The configured rules: per domain a tree against which a request's descriptor is matched, entry by entry. At each level a
 * descriptor with the exact value has priority, then the first whose value is a {@link Glob} that matches the entry's, then the one
 * without a value. There is no backtracking. A rule applies only if the descriptor ends exactly at it.
 */
final class Descriptors {

    /** No rules at all. */
    static final Descriptors NONE = new Descriptors(Map.of());

    /** The descriptors of a level, by key. */
    static final class Level {
        private final Map<String, Alternatives> byKey = new HashMap<>();

        /**
         * Adds a descriptor; one without a value has an empty one.
         *
         * @return null, or why it can never be matched, or why another one no longer can be
         */
        @Nullable
        String add(String key, String value, boolean shared, Node node) {
            Alternatives alternatives = byKey.computeIfAbsent(key, k -> new Alternatives());
            if (alternatives.has(value)) {
                return "has the key and value of another descriptor beside it";
            }
            return Glob.isGlob(value)
                    ? alternatives.add(new Wildcard(new Glob(value), shared, node))
                    : alternatives.add(value, node);
        }

        private @Nullable Step step(Entry entry) {
            Alternatives alternatives = byKey.get(entry.getKey());
            return alternatives == null ? null : alternatives.step(entry.getValue());
        }
    }

    /** A node of the tree: the rule that applies there, if any, and its children. */
    record Node(@Nullable Rule rule, Level below) {}

    private record Wildcard(Glob glob, boolean shared, Node node) {}

    private record Step(Node node, String countedAs) {}

    /** The descriptors with one key; a descriptor without a value has an empty one. */
    private static final class Alternatives {
        private static final Glob ANY = new Glob("*");

        private final Map<String, Node> byValue = new HashMap<>();
        private final List<Wildcard> wildcards = new ArrayList<>();

        boolean has(String value) {
            return byValue.containsKey(value)
                    || wildcards.stream().anyMatch(wildcard -> wildcard.glob.pattern().equals(value));
        }

        @Nullable
        String add(String value, Node node) {
            byValue.put(value, node);
            return value.isEmpty() && wildcards.stream().anyMatch(wildcard -> wildcard.glob.covers(ANY))
                    ? "is never matched: the value * beside it matches everything"
                    : null;
        }

        @Nullable
        String add(Wildcard added) {
            for (Wildcard before : wildcards) {
                if (before.glob.covers(added.glob)) {
                    return "is never matched: the value " + before.glob.pattern()
                            + " before it matches all that this one does; put this one first";
                }
            }
            wildcards.add(added);
            return added.glob.covers(ANY) && byValue.containsKey("")
                    ? "matches everything, so that the descriptor without a value beside it is never matched"
                    : null;
        }

        private @Nullable Step step(String value) {
            Node node = value.isEmpty() ? null : byValue.get(value);
            if (node != null) {
                return new Step(node, value);
            }
            for (Wildcard wildcard : wildcards) {
                if (wildcard.glob.matches(value)) {
                    return new Step(wildcard.node, wildcard.shared ? wildcard.glob.pattern() : value);
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
