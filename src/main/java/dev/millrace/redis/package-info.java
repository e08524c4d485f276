/**
 * Access to Redis for the stores of all features: key names, Lua scripts and their replies, and the failures that callers see. Start with
 * {@link Keys} and {@link ScriptRunner}.
 */
@NullMarked
package dev.millrace.redis;

import org.jspecify.annotations.NullMarked;
