package dev.millrace.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;

/** No key leads anywhere but where the template says, and no template leaves the host to the key. */
class OriginUrlTest {

    private static final Origin ORIGIN = new Origin("https://api.example.com:8443/items/{key}/view?of=shop");

    @Property
    void aKeyIsOneSegmentWhateverItHolds(@ForAll @StringLength(min = 1, max = 40) String key) {
        URI url = ORIGIN.of(key);
        if (url == null) {
            assertTrue(key.contains(".") || key.contains("%"), key);
            return;
        }
        assertEquals("https", url.getScheme());
        assertEquals("api.example.com:8443", url.getRawAuthority());
        assertEquals("of=shop", url.getRawQuery());
        assertNull(url.getRawFragment());
        assertEquals(url, url.normalize());
        assertTrue(url.getRawPath().matches("/items/[A-Za-z0-9_~.%-]+/view"), url.getRawPath());
    }

    @ParameterizedTest
    @ValueSource(strings = {"..", ".", "a/../b", "a/./b", "/..", "../", "..\\a", "a\\..\\b", "..;x=y", "a/..;/b", ".;a",
            "%2e%2e", "%2E.", ".%2e/a", "a%2f..%2fb", "a%5C..", "%252e%252e", "%25252e%25252e%25252fx", "a/%2e%2e;x/b",
            "..%00", ".. ", ".\t.", "%2e%09%2e", "%c0%ae%c0%ae/x", "a%c0%af..", "..%3bx", "..%2f..%2fetc",
            "%25252525252525252525252541"})
    void whatAServerMayTakeForAStepHasNoUrl(String key) {
        assertNull(ORIGIN.of(key), key);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a..b", "...", "a.", ".a", "..a", "v1.2.3", "a/..b/c", "100%", "50%25", "a;b/c;d", "x%2fy",
            "%41", "a/.../b", ".well-known/x", "%zz", "é..", "a\\b"})
    void whatHasDotsWithoutASegmentOfThemIsAKey(String key) {
        assertNotNull(ORIGIN.of(key), key);
    }

    @Test
    void whatStandsBesideTheKeyCounts() {
        assertNull(new Origin("http://a/x/.{key}").of("."));
        assertNull(new Origin("http://a/x/.{key}").of("./y"));
        assertNull(new Origin("http://a/x/{key}./y").of("."));
        assertNull(new Origin("http://a/x/{key};v=1").of(".."));
        assertNotNull(new Origin("http://a/x/{key}.json").of(".."));
        assertNotNull(new Origin("http://a/x/v.{key}").of("."));
        assertNotNull(new Origin("http://a/x?file={key}").of("../y"), "a query is no path");
        assertNull(new Origin("http://a/{key}?file=b/c").of(".."));
        assertNull(new Origin("http://a/{key}").of("b/.."));
    }

    @ParameterizedTest
    @ValueSource(strings = {"@evil.com", "/etc/passwd", "\r\nHost: evil.com", "%2ex", "#x", "?a=b",
            "//evil.com", "é💧"})
    void whatLooksLikeMoreStaysAKey(String key) {
        assertEquals("api.example.com", ORIGIN.of(key).getHost());
        assertEquals(key, ORIGIN.of(key).getPath().substring("/items/".length()).replaceAll("/view$", ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{key}", "http://{key}/", "http://{key}.example.com/", "http://a:{key}/",
            "http://{key}@a/",
            "ftp://a/{key}", "file:///{key}", "//a/{key}", "/{key}", "http://a/", "http://a/{key}/{key}",
            "http://a/#{key}",
            "http://u:p@a/{key}", "http://a:99999/{key}", "http://a:65536/{key}", "http://a:0/{key}",
            "http://a:-1/{key}", "http:///{key}", "http://a b/{key}", "http://a/\r\n{key}"})
    void refusesTemplates(String template) {
        assertNotNull(Origin.problem(template));
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://a/{key}", "https://a:8443/v1/{key}/x", "http://127.0.0.1/?q={key}",
            "http://[::1]:80/{key}", "http://a:65535/{key}", "http://a:/{key}"})
    void takesTemplates(String template) {
        assertNull(Origin.problem(template));
    }
}
