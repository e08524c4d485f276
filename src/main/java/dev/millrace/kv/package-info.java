@NullMarked
package dev.millrace.kv;

import org.jspecify.annotations.NullMarked;
