/** Bodies of requests: read once, into memory that all requests share. Start with {@link RequestBodies}. */
@NullMarked
package dev.millrace.http.body;

import org.jspecify.annotations.NullMarked;
