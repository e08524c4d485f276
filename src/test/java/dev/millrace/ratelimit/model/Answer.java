package dev.millrace.ratelimit.model;

/**
 * What a limiter says; times in µs.
 *
 * @param remaining what is free after the decision
 * @param reset until all is free, if nothing more is consumed
 * @param retryAfter until the same cost is admitted, if nothing more is consumed; 0 if it is now
 */
public record Answer(boolean admitted, long remaining, long reset, long retryAfter) {}
