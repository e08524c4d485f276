/**
 * Digests and percent-encoding, without dependencies on the rest of the service. Start with
 * {@link Digests}.
 */
@NullMarked
package dev.millrace.encoding;

import org.jspecify.annotations.NullMarked;
