/** Sessions of users: opened, read, changed and ended over HTTP. Start with {@link SessionService}. */
@NullMarked
package dev.millrace.session;

import org.jspecify.annotations.NullMarked;
