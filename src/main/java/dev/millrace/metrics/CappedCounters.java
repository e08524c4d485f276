package dev.millrace.metrics;

import java.util.Locale;
import java.util.function.Predicate;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * Counters with two labels: one that callers choose, such as a policy, with {@linkplain CappedLabels at most 1,000 values}, and one
 * with the constants of an enum, in lower case.
 */
public final class CappedCounters<E extends Enum<E>> {

    private final CappedLabels<Counter[]> counters;

    /**
     * Counters that are registered when a label is first used, for all constants at once.
     *
     * @param name of the metric, with full stops
     * @param description of the metric
     * @param label name of the label that callers choose
     * @param outcome name of the label with the enum's constants
     */
    public CappedCounters(MeterRegistry registry, String name, String description, String label, String outcome,
            Class<E> outcomes) {
        this.counters = new CappedLabels<>(value -> {
            E[] constants = outcomes.getEnumConstants();
            Counter[] all = new Counter[constants.length];
            for (E constant : constants) {
                all[constant.ordinal()] = Counter.builder(name).description(description).tag(label, value)
                        .tag(outcome, constant.name().toLowerCase(Locale.ROOT)).register(registry);
            }
            return all;
        }, all -> {
            for (Counter counter : all) {
                registry.remove(counter);
            }
        });
    }

    /** Removes the series of names that are gone; see {@link CappedLabels#removeUnused}. */
    public void removeUnused(Predicate<String> exists, int maxIdleCalls) {
        counters.removeUnused(exists, maxIdleCalls);
    }

    /** Adds one. */
    public void increment(String label, E outcome) {
        add(label, outcome, 1);
    }

    /** Adds {@code n}, 0 or more. */
    public void add(String label, E outcome, long n) {
        counters.get(label)[outcome.ordinal()].increment(n);
    }
}
