/** Long polls that wait for jobs, and requests that are sent to Redis in one batch. */
@NullMarked
package dev.millrace.queue.waiting;

import org.jspecify.annotations.NullMarked;
