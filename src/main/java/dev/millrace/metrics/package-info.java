/**
 * Gauges and counters whose labels have a bounded number of values, for all features. Start with
 * {@link CappedCounters}.
 */
@NullMarked
package dev.millrace.metrics;

import org.jspecify.annotations.NullMarked;
