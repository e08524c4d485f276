package dev.millrace.ratelimit;

/**
 * The result of renewing a lease.
 *
 * @param held whether the lease was valid, and is renewed
 * @param remaining number of leases that are free now
 * @param now Redis' time in ms since 1970
 */
record LeaseRenewal(boolean held, long remaining, long now) {}
