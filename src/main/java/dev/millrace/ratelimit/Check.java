package dev.millrace.ratelimit;

/**
 * One question to a limit.
 *
 * @param policy the limit
 * @param identifier who or what is limited
 * @param cost how much to consume; 0 only looks, as if for a cost of 1
 */
public record Check(Policy policy, String identifier, long cost) {}
