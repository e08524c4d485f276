package dev.millrace.queue.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import com.fasterxml.jackson.databind.ObjectMapper;

import dev.millrace.http.json.JsonSettings;
import dev.millrace.http.problem.Violation;
import dev.millrace.queue.api.PushView;

/** A definition is checked, filled with defaults, and never shows its secret. */
class PushDefinitionTest {

    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final String OTHER = "whsec_GB8mLTQ7QklQV15lbHN6gYiPlp2kq7K5";
    private static final String URL = "https://worker.example.com/jobs?key=k3y";

    private static List<String> problems(String url, Duration timeout, Integer concurrency, String secret) {
        return new PushDefinition(url, timeout, concurrency, secret).violations().stream().map(Violation::field)
                .toList();
    }

    @Test
    void fillsInDefaults() {
        PushDefinition definition = new PushDefinition(URL, null, null, SECRET);
        assertEquals(List.of(), definition.violations());
        assertEquals(new PushTarget(URI.create(URL), 15_000, 10, List.of(WebhookSecret.parse(SECRET))),
                definition.toTarget());
    }

    @Test
    void takesItsBounds() {
        PushDefinition least = new PushDefinition("http://a", Duration.ofSeconds(1), 1, SECRET);
        assertEquals(List.of(), least.violations());
        assertEquals(1000, least.toTarget().timeoutMs());
        PushDefinition most = new PushDefinition("http://a/" + "x".repeat(2039), Duration.ofSeconds(60), 1000,
                " " + SECRET + "  " + OTHER);
        assertEquals(List.of(), most.violations());
        assertEquals(new PushTarget(URI.create(most.url()), 60_000, 1000,
                List.of(WebhookSecret.parse(SECRET), WebhookSecret.parse(OTHER))), most.toTarget());
    }

    @Test
    void saysEverythingThatIsWrong() {
        assertEquals(List.of("url", "secret"), problems(null, null, null, null));
        assertEquals(List.of("url", "timeout", "concurrency", "secret"), problems("x", Duration.ZERO, 0, "x"));
        assertEquals(List.of("timeout", "concurrency"), problems(URL, Duration.ofMillis(999), -1, SECRET));
        assertEquals(List.of("timeout", "concurrency"), problems(URL, Duration.ofMillis(60_001), 1001, SECRET));
        assertEquals(List.of("url"), problems("http://a/" + "x".repeat(2040), null, null, SECRET));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "x", "//a", "/a", "a:80", "ftp://a", "javascript:alert(1)", "http:", "http://",
            "http:///a", "http://u:p@a/", "http://u@a/", "http://a/#f", "http://a/#", "http://a b/",
            "http://a/\r\nX: y",
            "http://a/\u0000", "http://a:99999/", "https://256.1.1.1/", "http://[::1/", " http://a/"})
    void refusesUrls(String url) {
        assertEquals(List.of("url"), problems(url, null, null, SECRET), url);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://a", "https://a.example:8443/x/y?z=1&w=%20", "http://127.0.0.1:8080/",
            "http://[::1]/",
            "http://my_worker:8080/jobs", "http://2130706433/"})
    void takesUrls(String url) {
        assertEquals(List.of(), problems(url, null, null, SECRET));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "secret", "whsec_", "whsec_c2hvcnQ=", SECRET + " x", SECRET + "," + OTHER,
            SECRET + "\t" + OTHER, SECRET + " " + SECRET + " " + SECRET + " " + SECRET + " " + SECRET + " " + SECRET})
    void refusesSecrets(String secret) {
        List<Violation> found = new PushDefinition(URL, null, null, secret).violations();
        assertEquals(List.of("secret"), found.stream().map(Violation::field).toList());
        assertFalse(found.toString().contains(SECRET.substring(6)), found::toString);
    }

    @Test
    void showsNoSecret() throws Exception {
        PushDefinition definition = new PushDefinition(URL, Duration.ofSeconds(20), 5, SECRET + " " + OTHER);
        PushTarget target = definition.toTarget();
        String view = mapper().writeValueAsString(PushView.of(target));
        assertEquals(
                "{\"url\":\"https://worker.example.com/jobs\",\"timeoutMs\":20000,\"concurrency\":5,\"secrets\":2}",
                view);
        for (String shown : List.of(definition.toString(), target.toString(), target.secrets().toString(), view,
                PushView.of(target).toString())) {
            assertFalse(shown.contains("MfKQ9r8G") || shown.contains("whsec") || shown.contains("GB8mLTQ7")
                    || shown.contains("k3y"), shown);
        }
        PushTarget withUser = new PushTarget(URI.create("http://u:p@a:8080?k3y"), 1000, 1, target.secrets());
        assertEquals("http://a:8080", PushView.of(withUser).url());
        assertEquals("PushTarget[https://worker.example.com/jobs, 20000 ms, 5 at once, 2 secrets]", target.toString());
    }

    /** As it is kept in Redis. */
    @Test
    void isReadAsItIsWritten() throws Exception {
        PushDefinition definition = new PushDefinition(URL, Duration.ofSeconds(20), null, SECRET);
        String json = mapper().writeValueAsString(definition);
        assertTrue(json.contains(SECRET), json);
        assertEquals(definition, mapper().readValue(json, PushDefinition.class));
        assertEquals(new PushDefinition(URL, Duration.ofSeconds(5), 3, SECRET), mapper().readValue(
                "{\"url\":\"" + URL + "\",\"timeout\":\"5s\",\"concurrency\":3,\"secret\":\"" + SECRET + "\"}",
                PushDefinition.class));
    }

    @Test
    void aTargetKeepsItsBounds() {
        List<WebhookSecret> secrets = List.of(WebhookSecret.parse(SECRET));
        URI url = URI.create(URL);
        assertThrows(IllegalArgumentException.class, () -> new PushTarget(url, 999, 1, secrets));
        assertThrows(IllegalArgumentException.class, () -> new PushTarget(url, 60_001, 1, secrets));
        assertThrows(IllegalArgumentException.class, () -> new PushTarget(url, 1000, 0, secrets));
        assertThrows(IllegalArgumentException.class, () -> new PushTarget(url, 1000, 1001, secrets));
        assertThrows(IllegalArgumentException.class, () -> new PushTarget(url, 1000, 1, List.of()));
    }

    private static ObjectMapper mapper() {
        ObjectMapper mapper = new ObjectMapper();
        new JsonSettings().customize(mapper);
        return mapper;
    }
}
