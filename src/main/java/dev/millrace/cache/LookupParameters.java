package dev.millrace.cache;

/**
 * The parameters of one lookup in Redis.
 *
 * @param options how to read; the lookup does not wait
 * @param leaseToken the token that a lease would get; empty for no lease
 * @param luck random, above 0 and at most 1; decides whether this caller refreshes the entry early
 */
record LookupParameters(ReadOptions options, String leaseToken, double luck) {}
