package dev.millrace.http.problem;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import jakarta.validation.ConstraintViolation;
import jakarta.validation.ConstraintViolationException;
import jakarta.validation.Path;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.UriInfo;

import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.RestResponse;
import org.jboss.resteasy.reactive.RestResponse.ResponseBuilder;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.PropertyBindingException;

import dev.millrace.http.json.DurationJson;
import dev.millrace.http.json.RawJson;
import dev.millrace.http.route.AllowedMethods;
import dev.millrace.redis.NotReplicatedException;
import dev.millrace.redis.RedisRefusedException;
import dev.millrace.redis.RedisUnavailableException;

/** Turns every exception that leaves a resource into a problem. Nothing of an unexpected one but its kind is told. */
public class ProblemMappers {

    private static final Logger LOG = Logger.getLogger(ProblemMappers.class);

    @ServerExceptionMapper
    public RestResponse<Problem> api(ApiException e, UriInfo uri) {
        ResponseBuilder<Problem> response = problem(e.code(), e.getMessage(), uri, e.violations());
        if (e.code().challenge() != null) {
            response.header(HttpHeaders.WWW_AUTHENTICATE, e.code().challenge());
        }
        return response.build();
    }

    @ServerExceptionMapper
    public RestResponse<Problem> redis(RedisUnavailableException e, UriInfo uri) {
        return problem(code(e), e.getMessage(), uri, List.of()).header(HttpHeaders.RETRY_AFTER, 1).build();
    }

    @ServerExceptionMapper
    public RestResponse<Problem> refusal(RedisRefusedException e, UriInfo uri) {
        return problem(ErrorCode.REDIS_REFUSED, e.getMessage(), uri, List.of()).build();
    }

    @ServerExceptionMapper
    public RestResponse<Problem> replication(NotReplicatedException e, UriInfo uri) {
        return problem(ErrorCode.NOT_REPLICATED, e.getMessage(), uri, List.of()).header(HttpHeaders.RETRY_AFTER, 1)
                .build();
    }

    @ServerExceptionMapper
    public RestResponse<Problem> validation(ConstraintViolationException e, UriInfo uri) {
        List<Violation> violations = new ArrayList<>();
        for (ConstraintViolation<?> v : e.getConstraintViolations()) {
            violations.add(new Violation(field(v.getPropertyPath()), v.getMessage()));
        }
        return api(ApiException.invalid(violations), uri);
    }

    @ServerExceptionMapper({JacksonException.class, JsonMappingException.class})
    public RestResponse<Problem> json(JacksonException e, UriInfo uri) {
        ApiException known = ofJson(e);
        return known == null ? unexpected(e, uri) : api(known, uri);
    }

    /** What is wrong with a body; null if it is our own answer that cannot be written. */
    static ApiException ofJson(JacksonException e) {
        if (e.getProcessor() instanceof JsonGenerator) {
            return null;
        }
        if (e.getCause() instanceof ApiException api) {
            return api;
        }
        boolean readable = !(e.getCause() instanceof IOException)
                || e.getCause() instanceof InputCoercionException;
        if (e instanceof JsonMappingException mapping && readable) {
            return ApiException.invalid(List.of(violation(mapping)));
        }
        String at = e.getLocation() == null
                ? ""
                : " at line " + e.getLocation().getLineNr() + ", column " + e.getLocation().getColumnNr();
        return new ApiException(ErrorCode.MALFORMED_JSON, "The body is not well-formed JSON" + at);
    }

    @ServerExceptionMapper
    public RestResponse<Problem> web(WebApplicationException e, UriInfo uri, Request request) {
        if (e.getCause() instanceof JacksonException json) {
            return json(json, uri);
        }
        if (e.getCause() instanceof ApiException api) {
            return api(api, uri);
        }
        List<String> allowed = AllowedMethods.at(uri.getRequestUri().getRawPath());
        ErrorCode code = ErrorCode.ofStatus(e.getResponse().getStatus());
        if (code == ErrorCode.NOT_FOUND && isOfMethod(request.getMethod(), allowed)) {
            code = ErrorCode.METHOD_NOT_ALLOWED;
        }
        if (code.status() >= 500) {
            LOG.error("Unexpected failure", e);
        }
        ResponseBuilder<Problem> response = problem(code, null, uri, List.of());
        if (code == ErrorCode.METHOD_NOT_ALLOWED) {
            response.header(HttpHeaders.ALLOW, String.join(", ", allowed));
        }
        return response.build();
    }

    /** The REST layer looks for a path in one resource, and says 404 if another one has it for other methods. */
    private static boolean isOfMethod(String method, List<String> allowed) {
        return !allowed.isEmpty() && !allowed.contains(method.equals("HEAD") ? "GET" : method);
    }

    /** A body that did not say its length and passed the limit: Quarkus has answered 413 and closes the connection. */
    @ServerExceptionMapper
    public RestResponse<Problem> io(IOException e, UriInfo uri) {
        return "Request too large".equals(e.getMessage())
                ? problem(ErrorCode.TOO_LARGE, null, uri, List.of()).build()
                : unexpected(e, uri);
    }

    @ServerExceptionMapper
    public RestResponse<Problem> unexpected(Throwable e, UriInfo uri) {
        LOG.error("Unexpected failure", e);
        return problem(ErrorCode.INTERNAL, null, uri, List.of()).build();
    }

    /** What clients are told of a Redis that gave no answer. */
    public static ErrorCode code(RedisUnavailableException e) {
        return e.reason() == RedisUnavailableException.Reason.OVERLOADED
                ? ErrorCode.OVERLOADED
                : ErrorCode.REDIS_UNAVAILABLE;
    }

    /** Which field did not fit, and what it must be. */
    public static Violation violation(JsonMappingException e) {
        String field = field(e);
        String message = message(e);
        return new Violation(field, field.isEmpty() ? "The body " + message : message);
    }

    private static ResponseBuilder<Problem> problem(ErrorCode code, String detail, UriInfo uri,
            List<Violation> violations) {
        String instance = uri.getRequestUri().getRawPath();
        return ResponseBuilder.<Problem>create(code.status()).entity(new Problem(code, detail, instance, violations))
                .type(Problem.MEDIA_TYPE);
    }

    /** Without the method and parameter that Bean Validation puts in front. */
    private static String field(Path path) {
        StringBuilder out = new StringBuilder();
        for (Path.Node node : path) {
            switch (node.getKind()) {
                case PROPERTY, CONTAINER_ELEMENT -> {
                    if (node.getIndex() != null) {
                        out.append('[').append(node.getIndex()).append(']');
                    }
                    if (node.getName() != null) {
                        out.append(out.isEmpty() ? "" : ".").append(node.getName());
                    }
                }
                default -> {
                }
            }
        }
        return out.toString();
    }

    private static String field(JsonMappingException e) {
        StringBuilder out = new StringBuilder();
        for (JsonMappingException.Reference step : e.getPath()) {
            if (step.getFieldName() != null) {
                out.append(out.isEmpty() ? "" : ".").append(step.getFieldName());
            } else {
                out.append('[').append(step.getIndex()).append(']');
            }
        }
        return out.toString();
    }

    private static String message(JsonMappingException e) {
        if (e.getCause() instanceof InputCoercionException) {
            return "is out of range";
        }
        if (e instanceof PropertyBindingException) {
            return "is not a known field";
        }
        if (e instanceof InvalidFormatException format && format.getTargetType().isEnum()) {
            List<String> names = new ArrayList<>();
            for (Object constant : format.getTargetType().getEnumConstants()) {
                names.add(constant.toString());
            }
            return "must be one of " + String.join(", ", names);
        }
        if (e instanceof DurationJson.InvalidDurationException
                || e instanceof RawJson.UnsuitableJsonException) {
            return e.getOriginalMessage();
        }
        if (e instanceof MismatchedInputException mismatch
                && mismatch.getTargetType() != null) {
            return "must be " + kind(mismatch.getTargetType());
        }
        return "is not valid";
    }

    private static String kind(Class<?> type) {
        if (type == long.class || type == int.class || type == Long.class || type == Integer.class) {
            return "a whole number";
        }
        if (type == boolean.class || type == Boolean.class) {
            return "true or false";
        }
        if (type == String.class) {
            return "a string";
        }
        return List.class.isAssignableFrom(type) || type.isArray() ? "an array" : "an object";
    }
}
