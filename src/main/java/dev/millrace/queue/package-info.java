/** Job queues: the service that the API calls, background maintenance, and metrics. */
@NullMarked
package dev.millrace.queue;

import org.jspecify.annotations.NullMarked;
