package dev.millrace.http.route;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A path that the router would read as another one is refused, however it is written. */
class StrictPathsTest {

    @ParameterizedTest
    @ValueSource(strings = {"/v1/a/.", "/v1/a/..", "/v1/./a", "/v1/../a", "/v1/a/%2e", "/v1/a/%2E", "/v1/a/%2e%2E",
            "/v1/a/.%2e",
            "/v1/%2e%2e/a", "/v1/%2E/a", "/v1//a", "/v1/a/", "/v1/a;b", "/v1/%ff", "/v1/%zz", "/v1/%2"})
    void refuses(String path) {
        assertNotNull(StrictPaths.problem(path));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/a", "/v1/...", "/v1/.a", "/v1/a.", "/v1/a%2eb", "/v1/%2e%2e%2e", "/v1/%2ea",
            "/v1/a%2Fb",
            "/v1/%F0%9F%98%80"})
    void lets(String path) {
        assertNull(StrictPaths.problem(path));
    }
}
