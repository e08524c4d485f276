/**
 * Error responses in the format of RFC 9457, for all features. Start with {@link ErrorCode}. A feature fails
 * with an {@link ApiException}.
 */
@NullMarked
package dev.millrace.http.problem;

import org.jspecify.annotations.NullMarked;
