package dev.millrace.settings;

import java.net.URI;
import java.util.List;
import java.util.function.Function;

import org.jboss.resteasy.reactive.RestResponse;
import org.jboss.resteasy.reactive.RestResponse.ResponseBuilder;
import org.jspecify.annotations.Nullable;

import dev.millrace.encoding.PercentEncoding;
import dev.millrace.http.problem.ApiException;
import dev.millrace.http.problem.Violation;

/** What the resources of named definitions have in common. */
public final class DefinitionRequests {

    private DefinitionRequests() {}

    /**
     * Returns the definition of a request's body.
     *
     * @param body null if the request has none
     * @param what the expected body, such as "a policy"
     * @throws ApiException 400 if there is no body, or it has violations
     */
    public static <D> D valid(@Nullable D body, String what, Function<D, List<Violation>> violations) {
        if (body == null) {
            throw ApiException.invalid("", "The body must be " + what);
        }
        List<Violation> found = violations.apply(body);
        if (!found.isEmpty()) {
            throw ApiException.invalid(found);
        }
        return body;
    }

    /**
     * Returns 201 with {@code Location} for a new definition, 200 for one that was replaced.
     *
     * @param collection path of the definitions, with the slash at its end; names in it are of plain characters
     * @param id of the definition, with any characters
     * @param view the definition as it is in force
     */
    public static <V> RestResponse<V> stored(PutResult result, String collection, String id, V view) {
        return result == PutResult.CREATED
                ? ResponseBuilder.<V>created(
                        URI.create(collection + PercentEncoding.encode(id, PercentEncoding::isUnreserved)))
                        .entity(view).build()
                : RestResponse.ok(view);
    }
}
