/** HTTP resources of queues, jobs, recurring schedules and queue events. */
@NullMarked
package dev.millrace.queue.api;

import org.jspecify.annotations.NullMarked;
