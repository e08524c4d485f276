package dev.millrace.ratelimit;

/**
 * The result of requesting a lease. Times are in ms.
 *
 * @param remaining number of leases that are free now
 * @param reset time until all leases have expired
 * @param retryAfter time until the first lease expires; 0 if one is free
 * @param now Redis' time, since 1970
 */
record LeaseAcquisition(boolean acquired, long remaining, long reset, long retryAfter, long now) {}
