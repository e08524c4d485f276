package dev.millrace.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.vertx.core.MultiMap;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Which header fields of an origin are kept, in which form, and what a 304 changes of them. */
class StoredHeadTest {

    private static StoredHead of(String... fields) {
        MultiMap all = MultiMap.caseInsensitiveMultiMap();
        for (int i = 0; i < fields.length; i += 2) {
            all.add(fields[i], fields[i + 1]);
        }
        return StoredHead.of(200, all);
    }

    private static List<String> lines(StoredHead head) {
        return head.fields().stream().map(field -> field.name() + '=' + field.value()).toList();
    }

    @Test
    void itIsWhatConcernsMoreThanOneConnection() {
        assertEquals(List.of("A=1", "c=3", "Vary=x", "Date=d"),
                lines(of("A", "1", "Connection", "close, B", "B", "2", "c", "3", "Connection", "te2", "TE2", "x",
                        "Transfer-Encoding", "chunked", "UPGRADE", "x", "Age", "5", "Vary", "x", "Content-Length", "1",
                        "Content-Type", "a/b", "Access-Control-Max-Age", "1", "Server", "x", "Date", "d", "Bad",
                        "a\u0001b", "cache-status", "x", "Cache-Lease", "x")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Strict-Transport-Security", "Alt-Svc", "Server", "Via", "Access-Control-Allow-Origin",
            "Clear-Site-Data", "NEL", "Report-To", "Reporting-Endpoints", "Expect-CT", "Public-Key-Pins",
            "Public-Key-Pins-Report-Only", "Accept-CH", "Accept-CH-Lifetime", "Critical-CH", "Service-Worker-Allowed",
            "Origin-Agent-Cluster", "WWW-Authenticate", "Optional-WWW-Authenticate", "Authentication-Info",
            "Authentication-Control", "Proxy-Authenticate"})
    void whatAClientWouldApplyToMillraceIsLeftOut(String name) {
        assertEquals(List.of(), lines(of(name, "x")));
        assertEquals(List.of(), lines(of(name.toLowerCase(Locale.ROOT), "x", name.toUpperCase(Locale.ROOT), "y")));
    }

    @Property
    void whatWasStoredIsReadAgain(@ForAll List<String> values, @ForAll int status) {
        List<StoredHead.Field> fields = new ArrayList<>();
        values.forEach(value -> fields.add(new StoredHead.Field("N" + fields.size(), value.replaceAll("\\n", ""))));
        StoredHead head = new StoredHead(Math.abs(status % 1000), fields);
        assertEquals(head, StoredHead.decode(head.encode()));
    }

    @Test
    void noHeadIsEmpty() {
        assertEquals("", StoredHead.NONE.encode());
        assertEquals(StoredHead.NONE, StoredHead.decode(""));
        assertEquals("204", new StoredHead(204, List.of()).encode());
    }

    @Test
    void a304ReplacesTheFieldsItHasAndNoOthers() {
        StoredHead stored = of("A", "1", "A", "2", "B", "1", "ETag", "\"x\"", "Date", "d1", "Content-MD5", "m",
                "Cache-Control", "max-age=5");
        assertEquals(
                List.of("B=1", "ETag=\"x\"", "Content-MD5=m", "Cache-Control=max-age=5", "a=3", "a=4", "C=1"),
                lines(stored.updatedBy(of("a", "3", "a", "4", "C", "1", "ETag", "\"y\"", "Content-MD5", "n",
                        "Content-Range", "r"))));
        assertEquals(List.of("d2"), stored.updatedBy(of("date", "d2")).lines("Date"));
    }

    @Test
    void itsSizeIsBounded() {
        List<StoredHead.Field> most = new ArrayList<>();
        for (int i = 0; i < StoredHead.MAX_FIELDS; i++) {
            most.add(new StoredHead.Field("A", "1"));
        }
        assertFalse(new StoredHead(200, most).isTooLarge());
        most.add(new StoredHead.Field("A", "1"));
        assertTrue(new StoredHead(200, most).isTooLarge());
        assertFalse(of("A", "x".repeat(StoredHead.MAX_LENGTH - 1)).isTooLarge());
        assertTrue(of("A", "x".repeat(StoredHead.MAX_LENGTH)).isTooLarge());
    }

    @Test
    void cookiesAreOfOneCaller() {
        assertTrue(of("set-cookie", "a=b").hasCookies());
        assertEquals(List.of("A=1"), lines(of("Set-Cookie", "a=b", "A", "1", "SET-COOKIE2", "x").withoutCookies()));
        assertFalse(of("A", "1").hasCookies());
    }

    @ParameterizedTest
    @CsvSource({"/x,http://a:81/x", "?q=1,http://a:81/items/k?q=1", "../y,http://a:81/y", "https://b/z,https://b/z",
            "//b/z,http://b/z", "'',''", "#f,#f", "a b,a b", "mailto:a@b,mailto:a@b"})
    void aLocationIsAbsolute(String sent, String location) {
        StoredHead head = of("location", sent, "A", "1").withLocationOf(URI.create("http://a:81/items/k?secret=1"));
        assertEquals(List.of("location=" + location, "A=1"), lines(head));
    }
}
