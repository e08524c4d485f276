package dev.millrace.ratelimit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.quarkus.runtime.configuration.ConfigurationException;

import dev.millrace.Configs;

/** Guarantees of the client's address: only what trusted proxies say is believed, and one IPv6 client is one client. */
class ClientAddressTest {

    private static final ClientAddress NONE = trusting();
    private static final ClientAddress PROXIES = trusting("10.0.0.0/8, 192.0.2.7 ,2001:db8:ffff::/48");

    @Test
    void withoutTrustedProxiesThePeerIsTheClient() {
        assertEquals("198.51.100.1", NONE.of("198.51.100.1", List.of()));
        assertEquals("198.51.100.1", NONE.of("198.51.100.1", List.of("203.0.113.9")));
        assertEquals("10.0.0.1", NONE.of("10.0.0.1", List.of("203.0.113.9")));
    }

    @Test
    void theLastHopThatIsNoTrustedProxyIsTheClient() {
        assertEquals("203.0.113.9", PROXIES.of("10.0.0.1", List.of("203.0.113.9")));
        assertEquals("203.0.113.9", PROXIES.of("10.0.0.1", List.of("1.2.3.4, 203.0.113.9, 10.2.3.4,192.0.2.7")));
        assertEquals("203.0.113.9", PROXIES.of("10.0.0.1", List.of("1.2.3.4", "203.0.113.9", "10.2.3.4")));
        assertEquals("198.51.100.1", PROXIES.of("198.51.100.1", List.of("203.0.113.9")), "the peer is no proxy");
        assertEquals("192.0.2.8", PROXIES.of("10.0.0.1", List.of("203.0.113.9, 192.0.2.8")), "nor is its neighbour");
    }

    @Test
    void whereAllHopsAreProxiesTheFirstIsTheClient() {
        assertEquals("10.0.0.1", PROXIES.of("10.0.0.1", List.of()));
        assertEquals("10.1.1.1", PROXIES.of("10.0.0.1", List.of("10.1.1.1, 10.2.2.2")));
    }

    @Test
    void garbageIsNotBelieved() {
        for (String garbage : new String[]{"", ",", "unknown", "_hidden", "example.com", "1.2.3", "1.2.3.4.5",
                "999.1.1.1", "::g", "'; DROP", "💧", "1.2.3.4:x:y"}) {
            assertEquals("10.0.0.1", PROXIES.of("10.0.0.1", List.of(garbage)), garbage);
        }
        assertEquals("10.2.2.2", PROXIES.of("10.0.0.1", List.of("1.2.3.4, nonsense, 10.2.2.2")));
        assertEquals("unknown", PROXIES.of("not an address", List.of("1.2.3.4")));
    }

    @Test
    void portsAndBracketsAreTakenOff() {
        assertEquals("203.0.113.9", PROXIES.of("10.0.0.1", List.of("203.0.113.9:51000")));
        assertEquals("2001:db8:1:2::/64", PROXIES.of("10.0.0.1", List.of("[2001:db8:1:2:3:4:5:6]:443")));
        assertEquals("2001:db8:1:2::/64", PROXIES.of("10.0.0.1", List.of("[2001:db8:1:2:3:4:5:6]")));
    }

    @Test
    void anIpv6ClientIsItsNetwork() {
        assertEquals("2001:db8:1:2::/64", NONE.of("2001:db8:1:2:3:4:5:6", List.of()));
        assertEquals("2001:db8:1:2::/64", NONE.of("2001:db8:1:2:ffff:ffff:ffff:ffff", List.of()));
        assertEquals("2001:db8:1:3::/64", NONE.of("2001:db8:1:3::", List.of()));
        assertEquals("2001:db8:1:2::/64", PROXIES.of("2001:db8:ffff:1::1", List.of("2001:db8:1:2:3::")));
        ClientAddress narrow = address("millrace.ratelimit.ipv6-prefix", "128");
        assertEquals("2001:db8::1", narrow.of("2001:db8::1", List.of()));
        ClientAddress wide = address("millrace.ratelimit.ipv6-prefix", "44");
        assertEquals("2001:db8:10::/44", wide.of("2001:db8:1f:2::1", List.of()));
    }

    @Test
    void anIpv4AddressMappedIntoIpv6IsOne() {
        assertEquals("198.51.100.1", NONE.of("::ffff:198.51.100.1", List.of()));
        assertEquals("203.0.113.9", PROXIES.of("::ffff:10.0.0.1", List.of("::ffff:cb00:7109")));
    }

    @Test
    void onlySoManyHopsAreRead() {
        String forged = String.join(",", Collections.nCopies(10_000, "10.9.9.9"));
        assertEquals("10.9.9.9", PROXIES.of("10.0.0.1", List.of("203.0.113.9," + forged)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/x", "10.0.0.0/", "localhost", "10.0.0", "::/129",
            "/8"})
    void aMistakeStopsTheStartAndNamesTheSetting(String proxy) {
        Exception e = assertThrows(ConfigurationException.class, () -> trusting(proxy));
        assertTrue(e.getMessage().contains("millrace.ratelimit.trusted-proxies: " + proxy), e.getMessage());
    }

    @Test
    void everybodyMayBeTrusted() {
        assertEquals("203.0.113.9", trusting("0.0.0.0/0").of("198.51.100.1", List.of("203.0.113.9")));
    }

    private static ClientAddress trusting(String... proxies) {
        return proxies.length == 0
                ? address()
                : address("millrace.ratelimit.trusted-proxies", String.join(",", proxies));
    }

    private static ClientAddress address(String... config) {
        return new ClientAddress(Configs.of(RateLimitConfig.class, config));
    }
}
