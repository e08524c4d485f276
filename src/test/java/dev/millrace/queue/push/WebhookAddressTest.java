package dev.millrace.queue.push;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.vertx.core.http.HttpClientOptions;

import dev.millrace.outbound.AddressGuard;
import dev.millrace.outbound.AddressKind;
import dev.millrace.outbound.NameLookup;
import dev.millrace.queue.push.Delivery.Outcome;

/**
 * No connection is made to an address that is not allowed, and every one is made to an address that was checked. All that a
 * test can call is loopback, so where both kinds are needed, 127.0.0.1 is taken for public.
 */
class WebhookAddressTest {

    /** Takes 127.0.0.1 for public. */
    private static final class FirstOnly extends AddressGuard {

        FirstOnly() {
            super(EnumSet.complementOf(EnumSet.of(AddressKind.PUBLIC)), "millrace.queue.push.allow-private");
        }

        @Override
        public String refusal(InetAddress address) {
            return address.getHostAddress().equals("127.0.0.1") ? null : super.refusal(address);
        }
    }

    private final StubReceiver receiver = new StubReceiver(StubReceiver.answer(200, "ok", "Keep-Alive: timeout=600"));
    private final StubReceiver inside = new StubReceiver("127.0.0.2", receiver.port(), StubReceiver.answer(200, "ok"));
    private final int port = receiver.port();

    @AfterEach
    void close() throws IOException {
        receiver.close();
        inside.close();
    }

    private static InetAddress[] addresses(String... texts) throws UnknownHostException {
        InetAddress[] addresses = new InetAddress[texts.length];
        for (int i = 0; i < texts.length; i++) {
            addresses[i] = InetAddress.getByAddress("some.test", InetAddress.getByName(texts[i]).getAddress());
        }
        return addresses;
    }

    private static Pushing firstOnly(NameLookup.Resolver resolver) {
        return new Pushing(new FirstOnly(), resolver, 60_000, new HttpClientOptions());
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.0.0.1.", "localhost", "LOCALHOST", "[::1]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "2130706433", "0x7f.1",
            "0x7f000001", "0177.0.0.1", "017700000001", "127.1", "0", "0.0.0.0", "[::]", "169.254.169.254",
            "[fd00:ec2::254]", "10.1.2.3", "192.168.0.1", "172.16.0.1", "100.64.0.1"})
    void whatIsNotPublicIsRefused(String host) {
        try (Pushing pushing = new Pushing(false)) {
            Delivery delivery = pushing.push("http://" + host + ":" + port + "/?key=k3y");
            assertEquals(Outcome.FAILED, delivery.outcome());
            assertEquals(0, delivery.status());
            assertTrue(delivery.error().matches("its address is (loopback|private|link-local|unspecified): "
                    + "set millrace\\.queue\\.push\\.allow-private to allow it"), delivery::error);
            assertEquals(0, receiver.opened() + inside.opened());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]"})
    void itIsCalledWhenThatIsAllowed(String host) {
        try (Pushing pushing = new Pushing(true)) {
            assertEquals(Outcome.DONE, pushing.push("http://" + host + ":" + port + "/").outcome());
            assertEquals(host + ":" + port, receiver.requests.get(0).fields().get("host"));
        }
    }

    @Test
    void aNameThatResolvesToPrivateIsRefused() {
        try (Pushing pushing = new Pushing(false, name -> addresses("127.0.0.1"))) {
            assertEquals("its address is loopback: set millrace.queue.push.allow-private to allow it",
                    pushing.push("http://public.example.com:" + port + "/").error());
            assertEquals(0, receiver.opened());
        }
    }

    /** The first address is the one that would be called. */
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.2", "10.0.0.1", "::1"})
    void aNameWithOneAddressThatIsPrivateIsRefused(String other) {
        try (Pushing pushing = firstOnly(
                name -> addresses("127.0.0.1", "127.0.0.1", "127.0.0.1", "127.0.0.1", other))) {
            assertEquals(Outcome.FAILED, pushing.push("http://some.test:" + port + "/").outcome());
            assertEquals(0, receiver.opened() + inside.opened());
        }
    }

    @Test
    void theConnectionIsToTheAddressThatWasChecked() {
        AtomicInteger lookups = new AtomicInteger();
        try (Pushing pushing = firstOnly(
                name -> addresses(lookups.incrementAndGet() == 1 ? "127.0.0.1" : "127.0.0.2"))) {
            assertEquals(Outcome.DONE, pushing.push("http://some.test:" + port + "/").outcome());
            assertEquals(1, lookups.get());
            assertEquals("some.test:" + port, receiver.requests.get(0).fields().get("host"));
            // Rebound: it is refused though there is a connection for that name that could be used.
            assertEquals(Outcome.FAILED, pushing.push("http://some.test:" + port + "/").outcome());
            assertEquals(1, receiver.requests.size());
            assertEquals(0, inside.opened());
        }
    }

    @Test
    void aNameThatMovesIsFollowed() {
        AtomicInteger lookups = new AtomicInteger();
        try (Pushing pushing = new Pushing(true,
                name -> addresses(lookups.incrementAndGet() == 1 ? "127.0.0.1" : "127.0.0.2"))) {
            pushing.push("http://some.test:" + port + "/");
            pushing.push("http://some.test:" + port + "/");
            assertEquals(1, receiver.requests.size());
            assertEquals(1, inside.requests.size());
        }
    }

    @Test
    void theNextAddressIsTriedWhereOneCannotBeReached() throws IOException {
        inside.close();
        try (Pushing pushing = new Pushing(true, name -> addresses("127.0.0.2", "127.0.0.3", "127.0.0.1"))) {
            assertEquals(Outcome.DONE, pushing.push("http://some.test:" + port + "/").outcome());
        }
        try (Pushing pushing = new Pushing(true, name -> addresses("127.0.0.2", "127.0.0.3"))) {
            assertEquals("it refuses connections", pushing.push("http://some.test:" + port + "/").error());
        }
        assertEquals(1, receiver.requests.size());
    }

    /** Whoever was connected to may have got it. */
    @Test
    void noOtherAddressIsTriedWhereOneWasSentTo() {
        receiver.handle((request, out) -> {
            throw new IOException();
        });
        try (Pushing pushing = new Pushing(true, name -> addresses("127.0.0.1", "127.0.0.2"))) {
            assertEquals(Outcome.FAILED, pushing.push("http://some.test:" + port + "/").outcome());
            assertEquals(0, inside.opened());
        }
    }

    @Test
    void aNameThatIsNotKnownHasFailed() {
        try (Pushing pushing = new Pushing(true, name -> {
            throw new UnknownHostException(name);
        })) {
            assertEquals(new Delivery(Outcome.FAILED, 0, -1, "its name is not known"),
                    pushing.push("http://some.test:" + port + "/"));
        }
    }

    @Test
    void aLookupThatHangsEndsInTimeAndHoldsNoOther() {
        CountDownLatch end = new CountDownLatch(1);
        AtomicInteger lookups = new AtomicInteger();
        try (Pushing pushing = new Pushing(true, name -> {
            if (name.equals("hangs.test")) {
                lookups.incrementAndGet();
                try {
                    end.await();
                } catch (InterruptedException e) {
                    throw new UnknownHostException();
                }
            }
            return addresses("127.0.0.1");
        })) {
            List<CompletableFuture<Delivery>> hanging = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                hanging.add(pushing.client
                        .deliver(Pushing.target("http://hangs.test:" + port + "/", 2000), "a", Pushing.BODY,
                                Map.of())
                        .subscribeAsCompletionStage());
            }
            assertEquals(Outcome.DONE, pushing.push("http://works.test:" + port + "/").outcome());
            hanging.forEach(one -> assertEquals("no answer within 2000 ms", one.join().error()));
            assertEquals(1, lookups.get());
            assertEquals(1, receiver.requests.size());
            end.countDown();
            assertEquals(Outcome.DONE, pushing.push("http://hangs.test:" + port + "/").outcome());
            assertEquals(2, receiver.requests.size(), "what has failed is not sent when its name is found at last");
            assertEquals(2, receiver.opened(), "nor is anything connected to");
        }
    }
}
