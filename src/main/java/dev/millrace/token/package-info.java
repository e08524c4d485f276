@NullMarked
package dev.millrace.token;

import org.jspecify.annotations.NullMarked;
