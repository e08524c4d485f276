package dev.millrace.metrics;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Values by a metric's label, for labels that callers choose. The first 1,000 labels have a value each; all labels after those share
 * the value of the label "other", so that no caller can fill the registry.
 */
public final class CappedLabels<V> {

    static final int MAX_LABELS = 1000;
    static final String OTHER = "other";

    private final Map<String, V> values = new ConcurrentHashMap<>();
    private final Function<String, V> make;

    /**
     * Labels without values.
     *
     * @param make makes the value of a label when it is first used
     */
    public CappedLabels(Function<String, V> make) {
        this.make = make;
    }

    /** Returns the value of a label, or the one of "other". */
    public V get(String label) {
        V known = values.get(label);
        if (known != null) {
            return known;
        }
        return values.computeIfAbsent(values.size() < MAX_LABELS ? label : OTHER, make);
    }

    /** Returns all values so far. */
    public Collection<V> values() {
        return values.values();
    }
}
