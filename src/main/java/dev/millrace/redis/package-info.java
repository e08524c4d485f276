@NullMarked
package dev.millrace.redis;

import org.jspecify.annotations.NullMarked;
