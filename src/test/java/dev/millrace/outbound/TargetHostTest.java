package dev.millrace.outbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An address is seen in every form that some resolver takes for one; and a name is left to be looked up. */
class TargetHostTest {

    @ParameterizedTest
    @CsvSource({"127.0.0.1, 127.0.0.1", "127.0.0.1., 127.0.0.1", "2130706433, 127.0.0.1", "0x7f000001, 127.0.0.1",
            "0X7F000001, 127.0.0.1", "017700000001, 127.0.0.1", "0x7f.1, 127.0.0.1", "127.1, 127.0.0.1",
            "127.0.1, 127.0.0.1", "0177.0.0.1, 127.0.0.1", "0177.0x0.0.01, 127.0.0.1", "0, 0.0.0.0", "0x, 0.0.0.0",
            "10.1.515, 10.1.2.3", "10.66051, 10.1.2.3", "4294967295, 255.255.255.255",
            "0xa9.0xfe.0251.254, 169.254.169.254",
            "[::1], 0:0:0:0:0:0:0:1", "[0:0:0:0:0:0:0:1], 0:0:0:0:0:0:0:1", "[::ffff:127.0.0.1], 127.0.0.1",
            "[::FFFF:7F00:1], 127.0.0.1", "[64:ff9b::127.0.0.1], 64:ff9b:0:0:0:0:7f00:1"})
    void seesAddresses(String host, String address) {
        assertEquals(address, TargetHost.of(URI.create("http://" + host + ":8080/x")).address().getHostAddress());
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "example.com", "example.com.", "my_worker", "1.example.com", "0x7f.1.com",
            "deadbeef", "0xg", "xn--bcher-kva.example", "1e3", "a-b"})
    void leavesNames(String host) {
        TargetHost found = TargetHost.of(URI.create("http://" + host + "/"));
        assertNull(found.address());
        assertEquals(host, found.name());
    }

    @Test
    void hasThePortOfTheSchemeUnlessItIsGiven() {
        assertEquals(new TargetHost("a", null, 80, false), TargetHost.of(URI.create("http://A")));
        assertEquals(new TargetHost("a", null, 443, true), TargetHost.of(URI.create("HTTPS://a/")));
        assertEquals(new TargetHost("a", null, 443, true), TargetHost.of(URI.create("https://a:/")));
        assertEquals(new TargetHost("a", null, 65535, true), TargetHost.of(URI.create("https://a:65535/?x")));
        assertEquals(new TargetHost("[::1]", TargetHost.of(URI.create("http://[::1]")).address(), 1, false),
                TargetHost.of(URI.create("http://[::1]:1")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"example.com", "localhost", "127.0.0.1", "169.254.169.254", "[::1]", "[0:0::1]",
            "[fd00:ec2::254]", "[64:ff9b::127.0.0.1]"})
    void knowsTheUsualSpelling(String host) {
        assertTrue(TargetHost.of(URI.create("http://" + host + "/")).isSpelledPlainly());
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1.", "2130706433", "0x7f000001", "0x7f.1", "127.1", "0177.0.0.1", "127.0.0.01",
            "0",
            "[::ffff:127.0.0.1]", "[::ffff:7f00:1]"})
    void knowsAnOddSpelling(String host) {
        assertFalse(TargetHost.of(URI.create("http://" + host + "/")).isSpelledPlainly());
    }

    @ParameterizedTest
    @ValueSource(strings = {"http:///x", "http:x", "/x", "//a/x", "ftp://a/", "file:///etc/passwd", "http://u@a/",
            "http://u:p@a/", "http://a:0/", "http://a:65536/", "http://a:99999/", "http://256.0.0.1/",
            "http://1.2.3.4.5/",
            "http://4294967296/", "http://08.0.0.1/", "http://1.2.3.0x100/", "http://a.1/", "http://a.0x1/",
            "http://0x1ffffffffffffffffffff/", "http://[fe80::1%25eth0]/", "http://[1.2.3.4]/", "http://[:]/",
            "http://[a.b]/", "http://[::1]x/", "http://%6cocalhost/",
            "http://\u2460.0.0.1/", "http://b\u00fccher.example/", "http://a$b/"})
    void refusesTheRest(String url) {
        assertThrows(IllegalArgumentException.class, () -> TargetHost.of(URI.create(url)), url);
    }
}
