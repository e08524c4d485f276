package dev.millrace.http.wire;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;

/** Malformed fields (RFC 9113, sections 8.2.1 and 8.3.1). */
class Http2RulesTest {

    private static void check(String name, String value) throws Http2Exception {
        Http2Headers fields = new DefaultHttp2Headers(false).method("GET").scheme("http").path("/").authority("a");
        fields.set(name, value);
        Http2Rules.check(1, fields);
    }

    private static void assertMalformed(String name, String value) {
        Http2Exception e = assertThrows(Http2Exception.class, () -> check(name, value));
        assertEquals(Http2Error.PROTOCOL_ERROR, e.error());
        assertEquals(1, Http2Exception.streamId(e));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a\r\nb: c", "a\nb", "a b", "a:b", "a\0", "a\u007f", "a\u00e9"})
    void names(String name) {
        assertMalformed(name, "a");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\r\nb: c", "a\nb", "a\rb", "a\0b", "\u007f", "\u001b[31m"})
    void values(String value) {
        assertMalformed("a", value);
    }

    @Test
    void pseudoFields() {
        for (String method : new String[]{"", "G T", "G\0T", "GET /"}) {
            assertMalformed(":method", method);
        }
        for (String scheme : new String[]{"", "ftp", "\0", "http "}) {
            assertMalformed(":scheme", scheme);
        }
        for (String path : new String[]{"", "a", "http://a/", "/ HTTP/1.1", "/a b", "**"}) {
            assertMalformed(":path", path);
        }
    }

    @Test
    void othersAreAllowed() {
        assertDoesNotThrow(() -> check("x-a", "a \"b\"\t\u00e9, c"));
        assertDoesNotThrow(() -> check("x-a", ""));
        assertDoesNotThrow(() -> check("x-a", " a\t"));
        assertDoesNotThrow(() -> check(":path", "*"));
        assertDoesNotThrow(() -> check(":path", "/a?b=c"));
        assertDoesNotThrow(() -> check(":scheme", "https"));
        assertDoesNotThrow(() -> check(":method", "PURGE"));
    }
}
