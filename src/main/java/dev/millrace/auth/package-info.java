@NullMarked
package dev.millrace.auth;

import org.jspecify.annotations.NullMarked;
