package dev.millrace.ratelimit;

/**
 * One check of a limit.
 *
 * @param policy the limit
 * @param identifier what is limited
 * @param cost how much to consume; 0 peeks, as if for a cost of 1
 */
public record Check(Policy policy, String identifier, long cost) {}
