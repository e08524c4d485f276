package dev.millrace.http.wire;

import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import org.jboss.logging.Logger;

import io.micrometer.core.instrument.Metrics;

/** Counts connections that are closed because of a bound, and logs it once a minute. */
final class ClosedConnections {

    private static final Logger LOG = Logger.getLogger(ClosedConnections.class);
    private static final long SILENCE_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** Why a connection is closed. */
    enum Reason {
        TOO_MANY("there are millrace.http.max-connections connections"),
        NOT_READING("its client did not read for millrace.http.unsent.timeout"),
        MEMORY("millrace.http.unsent.total bytes wait for clients that do not read, and it has waited longest"),
        OPEN_REQUESTS(
                "connections and requests take millrace.memory.max-connections bytes, and it takes most, or longest");

        private final String text;
        private final AtomicLong quietUntil = new AtomicLong(Long.MIN_VALUE);

        Reason(String text) {
            this.text = text;
        }
    }

    private ClosedConnections() {}

    static void count(Reason reason) {
        // Not a bean: the connections outlive a reload in dev mode.
        Metrics.counter("millrace_http_connections_closed", "reason",
                reason.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .increment();
        long now = System.nanoTime();
        long quietUntil = reason.quietUntil.get();
        if ((quietUntil == Long.MIN_VALUE || now - quietUntil > 0)
                && reason.quietUntil.compareAndSet(quietUntil, now + SILENCE_NANOS)) {
            LOG.warnf("A connection was closed, because %s. This is logged once a minute.", reason.text);
        }
    }
}
