@NullMarked
package dev.millrace.http.route;

import org.jspecify.annotations.NullMarked;
