@NullMarked
package dev.millrace.redis.dev;

import org.jspecify.annotations.NullMarked;
