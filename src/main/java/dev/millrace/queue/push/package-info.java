/** Delivery of jobs to HTTP receivers, as signed webhooks. */
@NullMarked
package dev.millrace.queue.push;

import org.jspecify.annotations.NullMarked;
