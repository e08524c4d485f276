@NullMarked
package dev.millrace.user;

import org.jspecify.annotations.NullMarked;
