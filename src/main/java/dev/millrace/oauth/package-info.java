@NullMarked
package dev.millrace.oauth;

import org.jspecify.annotations.NullMarked;
