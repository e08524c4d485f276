package dev.millrace.session;

import static java.util.Objects.requireNonNull;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

import jakarta.inject.Singleton;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** {@code millrace_session_operations_total{operation,outcome}}. */
@Singleton
class SessionMetrics {

    private final Map<SessionOperation, Map<OperationOutcome, Counter>> counters = new EnumMap<>(
            SessionOperation.class);

    SessionMetrics(MeterRegistry registry) {
        for (SessionOperation operation : SessionOperation.values()) {
            Map<OperationOutcome, Counter> outcomes = new EnumMap<>(OperationOutcome.class);
            for (OperationOutcome outcome : OperationOutcome.values()) {
                outcomes.put(outcome, Counter.builder("millrace.session.operations")
                        .description("Completed operations on sessions")
                        .tag("operation", operation.name().toLowerCase(Locale.ROOT))
                        .tag("outcome", outcome.name().toLowerCase(Locale.ROOT)).register(registry));
            }
            counters.put(operation, outcomes);
        }
    }

    void count(SessionOperation operation, OperationOutcome outcome) {
        requireNonNull(requireNonNull(counters.get(operation)).get(outcome)).increment();
    }
}
