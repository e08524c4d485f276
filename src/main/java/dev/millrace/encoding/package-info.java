@NullMarked
package dev.millrace.encoding;

import org.jspecify.annotations.NullMarked;
