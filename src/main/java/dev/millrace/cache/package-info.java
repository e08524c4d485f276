/** Cached HTTP responses by region, with leases against stampedes, stale entries and read-through from origins. */
@NullMarked
package dev.millrace.cache;

import org.jspecify.annotations.NullMarked;
