package dev.millrace.session;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

import jakarta.inject.Singleton;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** {@code millrace_session_operations_total{operation,outcome}}. */
@Singleton
class SessionMetrics {

    /** What was asked for. */
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

    /** What became of it. */
    enum Outcome {
        OK,
        /** No such session, or it has ended. */
        INVALID,
        /** Refused: too many sessions, another version, too large. */
        REFUSED
    }

    private final Map<Operation, Map<Outcome, Counter>> counters = new EnumMap<>(Operation.class);

    SessionMetrics(MeterRegistry registry) {
        for (Operation operation : Operation.values()) {
            Map<Outcome, Counter> outcomes = new EnumMap<>(Outcome.class);
            for (Outcome outcome : Outcome.values()) {
                outcomes.put(outcome, Counter.builder("millrace.session.operations")
                        .description("Calls about sessions that were decided")
                        .tag("operation", operation.name().toLowerCase(Locale.ROOT))
                        .tag("outcome", outcome.name().toLowerCase(Locale.ROOT)).register(registry));
            }
            counters.put(operation, outcomes);
        }
    }

    void count(Operation operation, Outcome outcome) {
        counters.get(operation).get(outcome).increment();
    }
}
