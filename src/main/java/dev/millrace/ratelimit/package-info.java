/** Rate limits: policies, checks, concurrency leases, and what applies while Redis is unavailable. */
@NullMarked
package dev.millrace.ratelimit;

import org.jspecify.annotations.NullMarked;
