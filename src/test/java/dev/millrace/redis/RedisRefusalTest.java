package dev.millrace.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.vertx.redis.client.impl.types.ErrorType;

import dev.millrace.edge.RefusalReplies;
import dev.millrace.redis.RedisUnavailableException.Reason;

/** Every reply by which Redis refuses the service is recognised, in the words of each version, and no other reply is. */
class RedisRefusalTest {

    @ParameterizedTest
    @EnumSource
    void isRecognised(RefusalReplies reply) {
        assertEquals(reply.refusal(), RedisRefusal.of(reply.text()));
        assertEquals(reply.refusal(),
                RedisRefusal.of("EXECABORT Transaction discarded because of: " + reply.text()));
        RedisUnavailableException failure = (RedisUnavailableException) RedisReply
                .failure(ErrorType.create(reply.text()));
        assertEquals(Reason.REFUSED, failure.reason());
        assertEquals(reply.text(), failure.reply());
        assertTrue(RedisUnavailableException.isOutage(failure));
        assertFalse(reply.refusal().logged(reply.text()).contains("secret"), "the log quotes no data");
    }

    @Test
    void allAreTested() {
        Set<RedisRefusal> tested = Arrays.stream(RefusalReplies.values()).map(RefusalReplies::refusal)
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(RedisRefusal.class)));
        assertEquals(EnumSet.allOf(RedisRefusal.class), tested);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ERR syntax error", "WRONGTYPE Operation against a key holding the wrong kind of value",
            "NOSCRIPT No matching script. Please use EVAL.", "BUSYGROUP Consumer Group name already exists",
            "BUSYKEY Target key name already exists.", "NOTBUSY No scripts in execution right now.", "EXECABORT x", "",
            "ERR user_script:3: attempt to compare nil with number script: 0, on @user_script:3.",
            "ERR Error running script (call to f_0): @user_script:1: @user_script: 1: Wrong number of args calling",
            "CROSSSLOT Keys in request don't hash to the same slot"})
    void otherErrorsAreFaultsOfTheCommand(String reply) {
        assertNull(RedisRefusal.of(reply));
        ErrorType error = ErrorType.create(reply);
        assertEquals(error, RedisReply.failure(error));
    }

    @Test
    void theLogNamesTheCommandThatIsNotAllowed() {
        assertEquals("NOPERM config|get", RedisRefusal.NOPERM.logged("NOPERM this user has no permissions to run the "
                + "'config|get' command"));
        assertEquals("NOPERM", RedisRefusal.NOPERM.logged("NOPERM No permissions to access a key"));
    }
}
