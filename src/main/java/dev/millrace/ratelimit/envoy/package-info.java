/** Envoy's rate limit protocol (gRPC and JSON) on the rate limits of Millrace. */
@NullMarked
package dev.millrace.ratelimit.envoy;

import org.jspecify.annotations.NullMarked;
