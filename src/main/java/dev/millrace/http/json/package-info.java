/**
 * JSON of requests and responses: durations, timestamps, strict numbers, and values that are passed on unread. Start with
 * {@link JsonSettings}.
 */
@NullMarked
package dev.millrace.http.json;

import org.jspecify.annotations.NullMarked;
