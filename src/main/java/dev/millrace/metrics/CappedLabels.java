package dev.millrace.metrics;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Values by a metric's label, for labels that callers choose. At most 1,000 labels have a value each; all others share the value of the
 * label "other", so that no caller can fill the registry. {@link #removeUnused} gives labels back whose names no longer exist.
 */
public final class CappedLabels<V> {

    static final int MAX_LABELS = 1000;
    static final String OTHER = "other";

    private final Map<String, Labelled<V>> values = new ConcurrentHashMap<>();
    private final Function<String, V> make;
    private final Consumer<V> dispose;

    private static final class Labelled<V> {
        private final V value;
        private volatile boolean used = true;
        /** Whether the name existed at the last call. Only {@link #removeUnused} reads and writes this and the next field. */
        private boolean existed;
        private int idleCalls;

        Labelled(V value) {
            this.value = value;
        }
    }

    /**
     * Labels without values.
     *
     * @param make makes the value of a label when it is first used
     * @param dispose takes the value of a label that is removed
     */
    public CappedLabels(Function<String, V> make, Consumer<V> dispose) {
        this.make = make;
        this.dispose = dispose;
    }

    /** Returns the value of a label, or the one of "other". */
    public V get(String label) {
        Labelled<V> known = values.get(label);
        if (known == null) {
            int labels = values.size() - (values.containsKey(OTHER) ? 1 : 0);
            known = values.computeIfAbsent(labels < MAX_LABELS ? label : OTHER,
                    name -> new Labelled<>(make.apply(name)));
        }
        if (!known.used) {
            known.used = true;
        }
        return known.value;
    }

    /** Passes all values so far to {@code visit}. */
    public void forEach(Consumer<V> visit) {
        values.values().forEach(labelled -> visit.accept(labelled.value));
    }

    /**
     * Removes labels that were not used since the last call and whose names do not exist. A name that existed before goes at once, and
     * a name that has not existed so far after some more calls.
     *
     * @param exists whether there is a policy, a region or a queue of that name
     * @param maxIdleCalls calls without use after which a name goes that never existed, 1 or more
     */
    public void removeUnused(Predicate<String> exists, int maxIdleCalls) {
        values.forEach((label, labelled) -> {
            if (label.equals(OTHER) || exists.test(label)) {
                labelled.existed = true;
            } else if (labelled.used) {
                labelled.idleCalls = 0;
            } else if (labelled.existed || ++labelled.idleCalls >= maxIdleCalls) {
                // In one step, so that a call that uses the label again makes its value after this one is gone.
                values.computeIfPresent(label, (name, gone) -> {
                    dispose.accept(gone.value);
                    return null;
                });
            }
            labelled.used = false;
        });
    }
}
