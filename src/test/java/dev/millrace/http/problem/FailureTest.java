package dev.millrace.http.problem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Guarantees of the one translation of failures; that each way out uses it, the tests beside those ways show. */
class FailureTest {

    @ParameterizedTest
    @MethodSource("dev.millrace.http.problem.Failures#all")
    void eachFailureHasOneMeaning(Throwable failure, ErrorCode code, String detail) {
        Failure translated = Failure.of(failure);

        assertEquals(code, translated.code());
        assertEquals(detail, translated.detail());
        assertEquals(code == ErrorCode.INVALID_REQUEST ? 1 : 0, translated.violations().size());
        assertEquals(code.status(), translated.problem("/v1/x").getStatus());
    }

    @ParameterizedTest
    @MethodSource("dev.millrace.http.problem.Failures#all")
    void onlyAnUnexpectedOneIsLoggedAndOnce(Throwable failure, ErrorCode code, String detail) {
        boolean unexpected = code == ErrorCode.INTERNAL || failure instanceof jakarta.ws.rs.ServerErrorException;

        assertEquals(unexpected ? 1 : 0, Failures.logged(() -> Failure.of(failure)));
    }

    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void retryAfterAndChallengeFollowTheCode(ErrorCode code) {
        Map<String, String> headers = new LinkedHashMap<>();
        new Failure(code, null, List.of()).putHeaders(headers::put);

        assertEquals(code.status() == 503 ? "1" : null, headers.get("Retry-After"));
        assertEquals(code.status() == 401, headers.containsKey("WWW-Authenticate"));
        assertEquals(code.status() == 503 || code.status() == 401 ? 1 : 0, headers.size());
    }

    @Test
    void aFailureWithoutDetailHasNoneInItsProblem() {
        assertNull(Failure.of(new IllegalStateException(Failures.SECRET)).problem("/v1/x").getDetail());
    }
}
