package dev.millrace.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import dev.millrace.http.problem.ErrorCode;

/** The error of one server of several has the code that {@link dev.millrace.http.problem.Failure} says. */
class NodeErrorTest {

    @ParameterizedTest
    @MethodSource("dev.millrace.http.problem.Failures#all")
    void aServerHasTheSameCode(Throwable failure, ErrorCode code, String detail) {
        assertEquals(new NodeError(code.code(), detail), NodeError.of(failure));
    }
}
