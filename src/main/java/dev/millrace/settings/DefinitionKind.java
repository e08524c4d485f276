package dev.millrace.settings;

import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;

import dev.millrace.http.problem.Violation;

/**
 * A kind of named definitions that are kept in Redis.
 *
 * @param <D> how one is written down, as JSON
 * @param <T> what is made of it
 * @param title what the log calls one
 * @param feature short name of the feature, in keys
 * @param entity their place among the feature's keys; begins with {@code ~}, as no name does
 * @param most a tenant may have
 * @param type of D
 * @param violations what is wrong with one; those from Redis that are wrong are left out
 * @param reading makes a T of a name and a D without violations
 */
public record DefinitionKind<D, T>(String title, String feature, String entity, int most, Class<D> type,
        Function<D, List<Violation>> violations, BiFunction<String, D, T> reading) {}
