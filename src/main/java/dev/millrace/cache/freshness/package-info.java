/**
 * What a response says about caching: RFC 9111, RFC 5861, RFC 9213. Pure functions of header fields and points in time, without
 * dependencies on the rest of the cache. Start with {@link CachePolicy} and {@link Freshness}.
 */
@NullMarked
package dev.millrace.cache.freshness;

import org.jspecify.annotations.NullMarked;
