@NullMarked
package dev.millrace.redis.link;

import org.jspecify.annotations.NullMarked;
