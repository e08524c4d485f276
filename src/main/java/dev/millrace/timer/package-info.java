/** What the service does again and again in the background. */
@NullMarked
package dev.millrace.timer;

import org.jspecify.annotations.NullMarked;
