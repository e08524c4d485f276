package dev.millrace.http.problem;

import java.io.IOException;
import java.util.List;

import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.UriInfo;

import org.jboss.resteasy.reactive.RestResponse;
import org.jboss.resteasy.reactive.RestResponse.ResponseBuilder;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonMappingException;

/** Turns every exception that leaves a resource into a problem, as {@link Failure} translates it. */
public class ProblemMappers {

    /** JSON and I/O are named because the REST layer has mappers of its own for them. */
    @ServerExceptionMapper({JacksonException.class, JsonMappingException.class, IOException.class, Throwable.class})
    public RestResponse<Problem> failure(Throwable e, UriInfo uri) {
        return problem(Failure.of(e), uri).build();
    }

    /** What the REST layer itself refuses: paths, methods, media types. */
    @ServerExceptionMapper
    public RestResponse<Problem> refusal(WebApplicationException e, UriInfo uri, Request request) {
        Failure failure = Failure.of(e);
        String path = uri.getRequestUri().getRawPath();
        List<String> allowed = AllowedMethods.at(path);
        if (failure.code() == ErrorCode.NOT_FOUND && isOfMethod(request.getMethod(), allowed)) {
            failure = Failure.ofCode(ErrorCode.METHOD_NOT_ALLOWED);
        }
        List<String> consumed = AllowedMethods.consumed(path, request.getMethod());
        if (failure.code() == ErrorCode.UNSUPPORTED_MEDIA_TYPE && failure.detail() == null && !consumed.isEmpty()) {
            failure = new Failure(failure.code(), consumed.contains(MediaType.WILDCARD)
                    ? "Send one media type, such as `Content-Type: application/json`."
                    : "Send `Content-Type: " + String.join("` or `", consumed) + "`.", List.of());
        }
        ResponseBuilder<Problem> response = problem(failure, uri);
        if (failure.code() == ErrorCode.METHOD_NOT_ALLOWED) {
            response.header(HttpHeaders.ALLOW, String.join(", ", allowed));
        }
        return response.build();
    }

    /** The REST layer looks for a path in one resource, and says 404 if another one has it for other methods. */
    private static boolean isOfMethod(String method, List<String> allowed) {
        return !allowed.isEmpty() && !allowed.contains(method.equals("HEAD") ? "GET" : method);
    }

    private static ResponseBuilder<Problem> problem(Failure failure, UriInfo uri) {
        ResponseBuilder<Problem> response = ResponseBuilder.<Problem>create(failure.code().status())
                .entity(failure.problem(uri.getRequestUri().getRawPath())).type(Problem.MEDIA_TYPE);
        failure.putHeaders(response::header);
        return response;
    }
}
