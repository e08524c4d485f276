/**
 * API keys, their scopes and their tenants. Resources declare a scope with {@link RequiresScope} and read the caller
 * from {@link CurrentCaller}. Start with {@link ApiKeys}.
 */
@NullMarked
package dev.millrace.auth;

import org.jspecify.annotations.NullMarked;
