package dev.millrace.http.problem;

import io.quarkus.runtime.annotations.RegisterForReflection;

/**
 * What is wrong with one field of a request.
 *
 * @param field path of the field, such as {@code checks[2].cost}; empty for the body as a whole
 * @param message what it must be
 */
@RegisterForReflection
public record Violation(String field, String message) {}
