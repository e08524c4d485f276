package dev.millrace.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.vertx.core.Vertx;

import dev.millrace.Configs;
import dev.millrace.cache.OriginAnswer.Kind;
import dev.millrace.cache.StubOrigin.Answer;
import dev.millrace.memory.FairBudget;
import dev.millrace.outbound.NameLookup;
import dev.millrace.outbound.OutboundClient;

/** An origin may be beside Millrace, but not at an address that no origin has, however that is written or found. */
class OriginAddressTest {

    private static final String ALLOW = ": set millrace.cache.origin.allow-any-address to allow it";

    private final Vertx vertx = Vertx.vertx();
    private final StubOrigin origin = new StubOrigin();

    @AfterEach
    void close() {
        origin.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private static CacheConfig config(boolean allowAny) {
        return Configs.of(CacheConfig.class, "millrace.cache.origin.allow-any-address", Boolean.toString(allowAny),
                "millrace.cache.origin.timeout", "20s");
    }

    private OriginAnswer get(boolean allowAny, String url, String... addresses) {
        return get(client(allowAny, addresses), url);
    }

    private static OriginAnswer get(OriginClient client, String url) {
        return client.get(URI.create(url), "", Map.of(), 1000, new FairBudget(1).share("")).await()
                .atMost(Duration.ofSeconds(60));
    }

    /** With a resolver that knows these addresses for every name. */
    private OriginClient client(boolean allowAny, String... addresses) {
        CacheConfig config = config(allowAny);
        NameLookup names = new NameLookup(vertx, "names", name -> {
            InetAddress[] found = new InetAddress[addresses.length];
            for (int i = 0; i < found.length; i++) {
                found[i] = InetAddress.getByName(addresses[i]);
            }
            if (found.length == 0) {
                throw new UnknownHostException(name);
            }
            return found;
        });
        OutboundClient http = new OutboundClient(vertx, names, OriginClient.guard(config), OriginClient.LIMITS);
        return new OriginClient(http, config);
    }

    @ParameterizedTest
    @CsvSource({"169.254.169.254, link-local", "168.63.129.16, link-local", "[fe80::1], link-local",
            "[fd00:ec2::254], that of a cloud's metadata service",
            "100.100.100.200, that of a cloud's metadata service",
            "0.0.0.0, unspecified", "[::], unspecified", "224.0.0.1, multicast", "[ff02::1], multicast",
            "255.255.255.255, broadcast", "240.0.0.1, reserved", "192.0.0.192, reserved",
            "[64:ff9b::a9fe:a9fe], link-local", "[2002:a9fe:a9fe::], link-local", "[::169.254.169.254], link-local"})
    void noOriginIsThere(String host, String kind) {
        OriginAnswer answer = get(false, "http://" + host + ":" + origin.port() + "/items/a");
        assertEquals(Kind.FAILED, answer.kind());
        assertEquals(0, answer.status());
        assertEquals("its address is " + kind + ALLOW, answer.failure());
    }

    @ParameterizedTest
    @ValueSource(strings = {"2130706433", "0x7f000001", "0x7f.1", "127.1", "0177.0.0.1", "127.0.0.1.", "2852039166",
            "[::ffff:127.0.0.1]", "[::ffff:a9fe:a9fe]"})
    void noOriginIsSpelledSo(String host) {
        assertEquals("its address is not written in the usual way" + ALLOW,
                get(false, "http://" + host + ":" + origin.port() + "/items/a").failure());
        assertEquals(0, origin.asked.size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.0.1", "100.64.0.1", "198.18.0.1",
            "192.0.2.1",
            "::1", "fd00::1", "8.8.8.8", "2606:4700::1111"})
    void privateAndPublicAddressesAreAllowed(String address) throws Exception {
        assertNull(OriginClient.guard(config(false)).refusal(InetAddress.getByName(address)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"169.254.169.254", "fe80::1", "fd00:ec2::254", "0.0.0.0", "224.0.0.1", "255.255.255.255",
            "240.0.0.1", "127.0.0.1"})
    void everyAddressIsAllowedWhenThatIsSet(String address) throws Exception {
        assertNull(OriginClient.guard(config(true)).refusal(InetAddress.getByName(address)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"2130706433", "0x7f.1", "0177.0.0.1", "[::ffff:127.0.0.1]"})
    void everySpellingIsAllowedWhenThatIsSet(String host) {
        origin.on("a", Answer.ok("here"));
        assertEquals("here", get(true, "http://" + host + ":" + origin.port() + "/items/a").body().toString());
    }

    @Test
    void theAddressesOfANameAreCheckedToo() {
        origin.on("a", Answer.ok("here"));
        String url = "http://some.test:" + origin.port() + "/items/a";
        assertEquals("here", get(false, url, "127.0.0.1").body().toString());
        assertEquals("its address is link-local" + ALLOW, get(false, url, "169.254.169.254").failure());
        assertEquals("its address is link-local" + ALLOW, get(false, url, "127.0.0.1", "fe80::1").failure());
        assertEquals(1, origin.asked.size());
        assertEquals("its name is not known", get(false, url).failure());
    }

    @Test
    void anotherAddressOfTheNameIsTried() {
        origin.on("a", Answer.ok("here"));
        OriginAnswer answer = get(false, "http://some.test:" + origin.port() + "/items/a", "127.0.0.3", "127.0.0.1");
        assertEquals(Kind.OK, answer.kind(), answer::toString);
    }

    @Test
    void aConnectionIsUsedAgain() {
        Set<Integer> ports = ConcurrentHashMap.newKeySet();
        origin.on("a", (times, exchange) -> {
            ports.add(exchange.getRemoteAddress().getPort());
            return Answer.ok("here");
        });
        OriginClient client = client(false, "127.0.0.1");
        for (int i = 0; i < 3; i++) {
            assertEquals(Kind.OK, get(client, "http://some.test:" + origin.port() + "/items/a").kind());
        }
        assertEquals(1, ports.size());
        assertEquals(3, origin.count("a"));
    }

    @Test
    void byDefaultTheyAreRefused() {
        assertFalse(Configs.of(CacheConfig.class).origin().allowAnyAddress());
    }
}
