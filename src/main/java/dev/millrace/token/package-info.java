/** Refresh tokens that rotate and detect theft. Start with {@link TokenService}. */
@NullMarked
package dev.millrace.token;

import org.jspecify.annotations.NullMarked;
