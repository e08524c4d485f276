package dev.millrace.ratelimit;

/** The outcome of one check; times in µs. */
record CheckOutcome(boolean admitted, long remaining, long reset, long retryAfter) {}
