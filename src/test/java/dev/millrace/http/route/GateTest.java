package dev.millrace.http.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.vertx.core.http.HttpMethod;

/** Guarantees of the paths a gate takes: only those that no reader could read in two ways. */
class GateTest {

    private static final Gate TWO = new Gate(HttpMethod.POST, "/v1/things/{name}/{id}", true, false);
    private static final Gate ONE = new Gate(HttpMethod.POST, "/v1/things/{name}/jobs", true, true);
    private static final Gate NONE = new Gate(HttpMethod.GET, "/v1/things/current", true, false);

    @ParameterizedTest
    @CsvSource({"a,b", "A-z_0.9,user@example.com~1-_2", "_,-", "a,b..", "-,@"})
    void parametersAreTakenAsTheyAre(String name, String identifier) {
        String path = "/v1/things/" + name + '/' + identifier;

        assertTrue(TWO.matches(HttpMethod.POST, path));
        assertEquals(name, TWO.name(path));
        assertEquals(identifier, TWO.identifier(path));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "a/", "/b", "a//b", "./b", "../b", ".a/b", "a/.", "a/..", "a/.b", "a/b/", "a/b/c",
            "a/b;c", "a/b%41", "%61/b", "a@/b", "a~/b", "a b/c", "a/b c", "a/b+c", "a/b:c", "a/\u00e9", "a/b?c",
            "a/b\0"})
    void pathsThatNeedMoreCareAreDeclined(String rest) {
        assertFalse(TWO.matches(HttpMethod.POST, "/v1/things/" + rest));
    }

    @Test
    void lengthsAreBounded() {
        assertTrue(TWO.matches(HttpMethod.POST, "/v1/things/" + "n".repeat(64) + '/' + "i".repeat(128)));
        assertFalse(TWO.matches(HttpMethod.POST, "/v1/things/" + "n".repeat(65) + "/i"));
        assertFalse(TWO.matches(HttpMethod.POST, "/v1/things/n/" + "i".repeat(129)));
    }

    @Test
    void aLiteralBehindTheNameMustBeTheEnd() {
        assertTrue(ONE.matches(HttpMethod.POST, "/v1/things/a/jobs"));
        assertEquals("a", ONE.name("/v1/things/a/jobs"));
        assertNull(ONE.identifier("/v1/things/a/jobs"));
        for (String other : new String[]{"a/jobs/", "a/job", "a/jobsx", "jobs", "/jobs", "a/b/jobs", "../jobs"}) {
            assertFalse(ONE.matches(HttpMethod.POST, "/v1/things/" + other), other);
        }
    }

    @Test
    void aPathWithoutParametersMustBeExact() {
        assertTrue(NONE.matches(HttpMethod.GET, "/v1/things/current"));
        assertNull(NONE.name("/v1/things/current"));
        assertNull(NONE.identifier("/v1/things/current"));
        assertFalse(NONE.matches(HttpMethod.GET, "/v1/things/current/"));
        assertFalse(NONE.matches(HttpMethod.GET, "/v1/things/curren"));
        assertFalse(NONE.matches(HttpMethod.GET, "/v1/things/currents"));
    }

    @Test
    void otherMethodsAreDeclined() {
        for (HttpMethod method : HttpMethod.values()) {
            assertEquals(method.equals(HttpMethod.POST), TWO.matches(method, "/v1/things/a/b"));
            assertEquals(method.equals(HttpMethod.GET), NONE.matches(method, "/v1/things/current"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/{a}", "/v1/{a}/{b}/c", "/v1/{a}/b/{c}", "/v1/{a}{b}"})
    void templatesOfOtherShapesAreRefused(String template) {
        assertThrows(IllegalArgumentException.class, () -> new Gate(HttpMethod.GET, template, true, false));
    }
}
