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

    /** The operation. */
    enum Operation {
        CREATE,
        CURRENT,
        PATCH,
        ROTATE,
        LOGOUT,
        REVOKE,
        REVOKE_ALL,
        INTROSPECT
    }

    /** The result of an operation. */
    enum Outcome {
        OK,
        /** The session is unknown or has ended. */
        INVALID,
        /** Refused: too many sessions, another version, or too much data. */
        REFUSED
    }

    private final Map<Operation, Map<Outcome, Counter>> counters = new EnumMap<>(Operation.class);

    SessionMetrics(MeterRegistry registry) {
        for (Operation operation : Operation.values()) {
            Map<Outcome, Counter> outcomes = new EnumMap<>(Outcome.class);
            for (Outcome outcome : Outcome.values()) {
                outcomes.put(outcome, Counter.builder("millrace.session.operations")
                        .description("Completed operations on sessions")
                        .tag("operation", operation.name().toLowerCase(Locale.ROOT))
                        .tag("outcome", outcome.name().toLowerCase(Locale.ROOT)).register(registry));
            }
            counters.put(operation, outcomes);
        }
    }

    void count(Operation operation, Outcome outcome) {
        requireNonNull(requireNonNull(counters.get(operation)).get(outcome)).increment();
    }
}
