/**
 * Bounds of numeric settings. A configuration mapping with such numbers extends {@link dev.millrace.config.BoundedConfig} and names its
 * bounds; {@link dev.millrace.config.BoundsCheck} refuses to start if a number is out of them.
 */
@NullMarked
package dev.millrace.config;

import org.jspecify.annotations.NullMarked;
