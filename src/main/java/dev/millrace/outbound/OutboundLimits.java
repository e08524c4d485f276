package dev.millrace.outbound;

/**
 * Bounds of an {@link OutboundClient}.
 *
 * @param connectTimeoutMs how long connecting to one address may take
 * @param connections open at once to one host, port and address
 * @param waiting requests that may wait for one of those
 * @param idleSeconds after which an unused connection is closed
 * @param maxAgeMs after which a connection is used no more, whatever the server says about keeping it open; 0 for no bound
 * @param maxExchangeMs longest time-out of a request
 * @param maxHeaderBytes bytes of a response's header fields together
 */
public record OutboundLimits(int connectTimeoutMs, int connections, int waiting, int idleSeconds, long maxAgeMs,
        long maxExchangeMs, int maxHeaderBytes) {

    /** Bounds on which those of each use are based. */
    public static final OutboundLimits DEFAULT = new OutboundLimits(2000, 64, 1000, 60, 0, 25_000, 8192);

    /** The same with another connect time-out. */
    public OutboundLimits withConnectTimeout(int connectTimeoutMs) {
        return new OutboundLimits(connectTimeoutMs, connections, waiting, idleSeconds, maxAgeMs, maxExchangeMs,
                maxHeaderBytes);
    }

    /** The same with other numbers of connections and of requests that wait for one. */
    public OutboundLimits withConnections(int connections, int waiting) {
        return new OutboundLimits(connectTimeoutMs, connections, waiting, idleSeconds, maxAgeMs, maxExchangeMs,
                maxHeaderBytes);
    }

    /** The same with another time after which an unused connection is closed. */
    public OutboundLimits withIdle(int idleSeconds) {
        return new OutboundLimits(connectTimeoutMs, connections, waiting, idleSeconds, maxAgeMs, maxExchangeMs,
                maxHeaderBytes);
    }

    /** The same with another maximum age of a connection; 0 for no bound. */
    public OutboundLimits withMaxAge(long maxAgeMs) {
        return new OutboundLimits(connectTimeoutMs, connections, waiting, idleSeconds, maxAgeMs, maxExchangeMs,
                maxHeaderBytes);
    }

    /** The same with another maximum time-out of a request. */
    public OutboundLimits withMaxExchange(long maxExchangeMs) {
        return new OutboundLimits(connectTimeoutMs, connections, waiting, idleSeconds, maxAgeMs, maxExchangeMs,
                maxHeaderBytes);
    }

    /** The same with another maximum size of a response's header fields. */
    public OutboundLimits withMaxHeader(int maxHeaderBytes) {
        return new OutboundLimits(connectTimeoutMs, connections, waiting, idleSeconds, maxAgeMs, maxExchangeMs,
                maxHeaderBytes);
    }
}
