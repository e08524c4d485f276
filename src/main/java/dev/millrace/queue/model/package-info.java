/** What a queue is about: jobs, settings, leases and results, as plain values with their bounds. */
@NullMarked
package dev.millrace.queue.model;

import org.jspecify.annotations.NullMarked;
