/** Job processors that run inside Millrace, and the poller that feeds them. */
@NullMarked
package dev.millrace.queue.worker;

import org.jspecify.annotations.NullMarked;
