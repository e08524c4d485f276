package dev.millrace.outbound;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;

import jakarta.inject.Singleton;

import io.netty.util.NetUtil;

import dev.millrace.queue.push.PushConfig;

/**
 * Which addresses may be called: those of the public internet. An IPv6 address that carries an IPv4 one is as public as
 * that, for a translator or the host itself may send there what is sent to it.
 */
@Singleton
public class PublicAddresses {

    private static final String UNSPECIFIED = "unspecified";
    private static final String LOOPBACK = "loopback";
    private static final String LINK_LOCAL = "link-local";
    private static final String PRIVATE = "private";
    private static final String MULTICAST = "multicast";
    private static final String DOCUMENTATION = "for documentation";
    private static final String BENCHMARKS = "for benchmarks";
    private static final String RESERVED = "reserved";

    private record Network(byte[] prefix, int bits, String kind) {

        static Network of(String text, String kind) {
            int slash = text.indexOf('/');
            return new Network(NetUtil.createByteArrayFromIpAddressString(text.substring(0, slash)),
                    Integer.parseInt(text.substring(slash + 1)), kind);
        }

        boolean holds(byte[] address) {
            for (int bit = 0; bit < bits; bit++) {
                if (((prefix[bit >> 3] ^ address[bit >> 3]) & 0x80 >> (bit & 7)) != 0) {
                    return false;
                }
            }
            return true;
        }
    }

    // Netty's parser must not be met while a native executable is built, so these are no constants.
    private final List<Network> ipv4 = List.of(
            Network.of("0.0.0.0/8", UNSPECIFIED), Network.of("10.0.0.0/8", PRIVATE),
            Network.of("100.64.0.0/10", PRIVATE), Network.of("127.0.0.0/8", LOOPBACK),
            // Azure's host of a machine, which hands out its secrets.
            Network.of("168.63.129.16/32", LINK_LOCAL),
            Network.of("169.254.0.0/16", LINK_LOCAL), Network.of("172.16.0.0/12", PRIVATE),
            Network.of("192.0.0.0/24", RESERVED), Network.of("192.0.2.0/24", DOCUMENTATION),
            Network.of("192.168.0.0/16", PRIVATE), Network.of("198.18.0.0/15", BENCHMARKS),
            Network.of("198.51.100.0/24", DOCUMENTATION), Network.of("203.0.113.0/24", DOCUMENTATION),
            Network.of("224.0.0.0/4", MULTICAST), Network.of("255.255.255.255/32", "broadcast"),
            Network.of("240.0.0.0/4", RESERVED));
    private final List<Network> ipv6 = List.of(
            Network.of("::/128", UNSPECIFIED), Network.of("::1/128", LOOPBACK), Network.of("fc00::/7", PRIVATE),
            Network.of("fe80::/10", LINK_LOCAL), Network.of("fec0::/10", PRIVATE), Network.of("ff00::/8", MULTICAST),
            Network.of("2001:2::/48", BENCHMARKS), Network.of("2001:10::/28", RESERVED),
            Network.of("2001:db8::/32", DOCUMENTATION), Network.of("3fff::/20", DOCUMENTATION));
    private final Network global = Network.of("2000::/3", null);
    private final Network compatible = Network.of("::/96", null);
    private final Network mapped = Network.of("::ffff:0:0/96", null);
    private final Network nat64 = Network.of("64:ff9b::/96", null);
    private final Network localNat64 = Network.of("64:ff9b:1::/48", null);
    private final Network teredo = Network.of("2001::/32", null);
    private final Network sixToFour = Network.of("2002::/16", null);

    private final boolean allowPrivate;

    public PublicAddresses(PushConfig config) {
        this.allowPrivate = config.allowPrivate();
    }

    /** Null if the address may be called; else what it is instead of public. */
    public String refusal(InetAddress address) {
        return allowPrivate ? null : kind(address.getAddress());
    }

    private String kind(byte[] a) {
        if (a.length == 4) {
            return kind(ipv4, a);
        }
        String kind = kind(ipv6, a);
        if (kind != null) {
            return kind;
        }
        if (compatible.holds(a) || mapped.holds(a) || nat64.holds(a)) {
            return kind(ipv4, embedded(a, 12, 13, 14, 15));
        }
        if (localNat64.holds(a)) {
            return ofLocalNat64(a);
        }
        if (sixToFour.holds(a)) {
            return kind(ipv4, embedded(a, 2, 3, 4, 5));
        }
        if (teredo.holds(a)) {
            String server = kind(ipv4, embedded(a, 4, 5, 6, 7));
            return server != null ? server : kind(ipv4, inverted(embedded(a, 12, 13, 14, 15)));
        }
        return global.holds(a) ? null : RESERVED;
    }

    /** Translators of one's own may look in any of these places (RFC 6052, 2.2); where there are nulls, none does. */
    private String ofLocalNat64(byte[] a) {
        String kind = kind(ipv4, embedded(a, 12, 13, 14, 15));
        for (byte[] other : List.of(embedded(a, 6, 7, 9, 10), embedded(a, 7, 9, 10, 11), embedded(a, 9, 10, 11, 12))) {
            if (kind == null && other[0] != 0) {
                kind = kind(ipv4, other);
            }
        }
        return kind;
    }

    private static String kind(List<Network> networks, byte[] address) {
        for (Network network : networks) {
            if (network.holds(address)) {
                return network.kind();
            }
        }
        return null;
    }

    private static byte[] embedded(byte[] a, int first, int second, int third, int fourth) {
        return new byte[]{a[first], a[second], a[third], a[fourth]};
    }

    private static byte[] inverted(byte[] address) {
        byte[] inverted = Arrays.copyOf(address, address.length);
        for (int i = 0; i < inverted.length; i++) {
            inverted[i] = (byte) ~inverted[i];
        }
        return inverted;
    }
}
