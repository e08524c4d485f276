/**
 * Millrace: rate limits, sessions, refresh tokens, caching, job queues and Redis over HTTP, with Redis as the only store. {@link
 * dev.millrace.Millrace} starts it; each feature has a package of its own.
 */
@NullMarked
package dev.millrace;

import org.jspecify.annotations.NullMarked;
