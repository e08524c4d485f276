package dev.millrace.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

import dev.millrace.http.problem.ApiException;
import dev.millrace.http.problem.ErrorCode;

/** Guarantees of places for listeners: no key, no tenant and no replica has one more than it may have. */
class ListenerPlacesTest {

    private final ListenerPlaces places = new ListenerPlaces(4, 3, 2);

    @Test
    void aKeyHasItsShare() {
        places.take("t", "a");
        places.take("t", "a");
        assertEquals(ErrorCode.LISTENER_LIMIT, refusal("t", "a"));
        places.take("t", "b");
    }

    @Test
    void aTenantHasItsShare() {
        places.take("t", "a");
        places.take("t", "b");
        places.take("t", "c");
        assertEquals(ErrorCode.LISTENER_LIMIT, refusal("t", "d"));
        places.take("u", "d");
    }

    @Test
    void theReplicaIsFull() {
        places.take("t", "a");
        places.take("t", "b");
        places.take("u", "c");
        places.take("u", "d");
        assertEquals(ErrorCode.OVERLOADED, refusal("v", "e"));
    }

    @Test
    void aPlaceIsGivenBackOnce() {
        places.take("t", "a");
        Runnable leave = places.take("t", "a");
        leave.run();
        leave.run();
        assertEquals(1, places.taken());
        places.take("t", "a");
        assertEquals(ErrorCode.LISTENER_LIMIT, refusal("t", "a"));
    }

    @Test
    void whoIsRefusedTakesNoPlace() {
        places.take("t", "a");
        places.take("t", "a");
        refusal("t", "a");
        assertEquals(2, places.taken());
        places.take("t", "b");
    }

    private ErrorCode refusal(String tenant, String key) {
        return assertThrows(ApiException.class, () -> places.take(tenant, key)).code();
    }
}
