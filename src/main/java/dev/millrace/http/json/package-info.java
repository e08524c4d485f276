@NullMarked
package dev.millrace.http.json;

import org.jspecify.annotations.NullMarked;
