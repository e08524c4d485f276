/** The built-in job processor that sends e-mail. */
@NullMarked
package dev.millrace.queue.mail;

import org.jspecify.annotations.NullMarked;
