@NullMarked
package dev.millrace.redis.pubsub;

import org.jspecify.annotations.NullMarked;
