package dev.millrace.http.problem;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.Proxy;
import java.net.URI;

import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.UriInfo;

import org.jboss.resteasy.reactive.RestResponse;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The REST layer responds with what {@link Failure} says. */
class ProblemMappersTest {

    private final ProblemMappers mappers = new ProblemMappers();
    private final UriInfo uri = stub(UriInfo.class, URI.create("http://localhost/v1/x%2Fy?q"));
    private final Request request = stub(Request.class, "GET");

    /** Every method returns {@code result}. */
    private static <T> T stub(Class<T> type, Object result) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[]{type},
                (proxy, method, arguments) -> result));
    }

    @ParameterizedTest
    @MethodSource("dev.millrace.http.problem.Failures#all")
    void theRestLayerRespondsWithTheCode(Throwable failure, ErrorCode code, String detail) {
        RestResponse<Problem> response = failure instanceof WebApplicationException web
                ? mappers.refusal(web, uri, request)
                : mappers.failure(failure, uri);

        Problem problem = response.getEntity();
        assertEquals(code.status(), response.getStatus());
        assertEquals(code.code(), problem.getCode());
        assertEquals(detail, problem.getDetail());
        assertEquals("/v1/x%2Fy", problem.getInstance());
        assertEquals(code.status() == 503 ? "1" : null, response.getHeaderString("Retry-After"));
        assertEquals(Problem.MEDIA_TYPE, response.getMediaType().toString());
    }
}
