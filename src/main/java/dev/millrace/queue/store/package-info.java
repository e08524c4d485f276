/** Queues and jobs in Redis: the scripts, their replies, and how a job is stored. */
@NullMarked
package dev.millrace.queue.store;

import org.jspecify.annotations.NullMarked;
