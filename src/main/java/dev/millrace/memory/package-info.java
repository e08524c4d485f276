/** Bounds of the memory that all requests together may use. */
@NullMarked
package dev.millrace.memory;

import org.jspecify.annotations.NullMarked;
