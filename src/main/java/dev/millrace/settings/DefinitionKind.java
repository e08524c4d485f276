package dev.millrace.settings;

import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;

import dev.millrace.http.problem.ApiException;
import dev.millrace.http.problem.ErrorCode;
import dev.millrace.http.problem.Violation;

/**
 * A kind of named definitions that are kept in Redis.
 *
 * @param <D> the definition as it is written down, as JSON
 * @param <T> what the service makes of it
 * @param title what the log calls a definition
 * @param feature short name of the feature, in keys
 * @param entity the place of the definitions among the feature's keys; begins with {@code ~}, as no name does
 * @param most definitions that a tenant may have
 * @param type of D
 * @param violations what is wrong with a definition; invalid ones in Redis are left out
 * @param reading makes a T of a name and a D without violations
 * @param errors how callers learn that a definition is unknown, or that there are too many
 */
public record DefinitionKind<D, T>(String title, String feature, String entity, int most, Class<D> type,
        Function<D, List<Violation>> violations, BiFunction<String, D, T> reading, Errors errors) {

    /**
     * The errors of a kind.
     *
     * @param unknown code where there is no such definition
     * @param unknownDetail its detail, to which the name is added
     * @param limit code where the tenant has as many as it may have
     * @param limitDetail its detail
     */
    public record Errors(ErrorCode unknown, String unknownDetail, ErrorCode limit, String limitDetail) {}

    ApiException unknown(String name) {
        return new ApiException(errors.unknown(), errors.unknownDetail() + ' ' + name);
    }

    ApiException tooMany() {
        return new ApiException(errors.limit(), errors.limitDetail());
    }
}
