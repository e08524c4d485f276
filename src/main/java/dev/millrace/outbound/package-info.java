/**
 * The one HTTP client for requests to servers of others: push receivers and cache origins. It refuses addresses that are not allowed, and bounds the time
 * and the size. Start with {@link OutboundClient}.
 */
@NullMarked
package dev.millrace.outbound;

import org.jspecify.annotations.NullMarked;
