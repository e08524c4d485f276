package dev.millrace.queue.push;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.net.InetAddress;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.millrace.Configs;

/** By default jobs are pushed to public addresses only, and to every address where that is allowed. */
class PushAddressesTest {

    @ParameterizedTest
    @CsvSource({"127.0.0.1, loopback", "10.0.0.1, private", "100.100.100.200, private", "fd00:ec2::254, private",
            "169.254.169.254, link-local", "0.0.0.0, unspecified", "::1, loopback", "fe80::1, link-local",
            "::ffff:127.0.0.1, loopback", "224.0.0.1, multicast", "255.255.255.255, broadcast", "240.0.0.1, reserved",
            "198.18.0.1, for benchmarks", "192.0.2.1, for documentation"})
    void refusesWhatIsNotPublic(String address, String kind) throws Exception {
        assertEquals("its address is " + kind + ": set millrace.queue.push.allow-private to allow it",
                WebhookClient.guard(Configs.of(PushConfig.class)).refusal(InetAddress.getByName(address)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"8.8.8.8", "2606:4700::1111"})
    void allowsWhatIsPublic(String address) throws Exception {
        assertNull(WebhookClient.guard(Configs.of(PushConfig.class)).refusal(InetAddress.getByName(address)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "fe80::1", "::ffff:127.0.0.1",
            "255.255.255.255"})
    void allowsEverythingWhenToldTo(String address) throws Exception {
        assertNull(WebhookClient.guard(Configs.of(PushConfig.class, "millrace.queue.push.allow-private", "true"))
                .refusal(InetAddress.getByName(address)));
    }

    @Test
    void byDefaultOnlyPublicOnesAreAllowed() {
        assertFalse(Configs.of(PushConfig.class).allowPrivate());
    }
}
