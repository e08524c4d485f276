package dev.millrace.kv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import io.vertx.redis.client.impl.types.ErrorType;

import dev.millrace.http.problem.ErrorCode;
import dev.millrace.http.problem.Failures;

/** {@code /redis} responds with the status that {@link dev.millrace.http.problem.Failure} says, in the words of the protocol. */
class KvFailuresTest {

    @ParameterizedTest
    @MethodSource("dev.millrace.http.problem.Failures#all")
    void theProtocolHasTheSameStatus(Throwable failure, ErrorCode code, String detail) {
        KvException e = KvReplies.exception(failure);

        assertEquals(code.status(), e.status());
        assertEquals("ERR " + (detail != null ? detail : code == ErrorCode.INTERNAL ? "internal error" : code.title()),
                e.getMessage());
        assertEquals(0, Failures.logged(() -> KvReplies.exception(e)), "it is translated already");
        assertSame(e, KvReplies.exception(e));
    }

    @Test
    void errorsOfRedisAreTheClientsOwn() {
        KvException e = KvReplies.exception(ErrorType.create("WRONGTYPE Operation against a key"));

        assertEquals(400, e.status());
        assertEquals("WRONGTYPE Operation against a key", e.getMessage());
    }

    @Test
    void repliesThatDoNotFitIntoMemoryAreNotTheServicesFault() {
        KvException e = KvReplies.exception(new OutOfMemoryError());

        assertEquals(503, e.status());
        assertEquals("ERR there is not enough memory for the replies: request less at once", e.getMessage());
    }
}
