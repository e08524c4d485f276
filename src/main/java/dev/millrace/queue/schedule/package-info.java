/** Recurring jobs: cron expressions, intervals, and the schedules in Redis. */
@NullMarked
package dev.millrace.queue.schedule;

import org.jspecify.annotations.NullMarked;
