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
        long maxExchangeMs, int maxHeaderBytes) {}
