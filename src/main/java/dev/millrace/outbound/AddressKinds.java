package dev.millrace.outbound;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;

import io.netty.util.NetUtil;

/**
 * Tells the {@link AddressKind} of an address. An IPv6 address that embeds an IPv4 address has the kind of that one, because a
 * translator or the host itself may deliver there.
 */
final class AddressKinds {

    private record Network(byte[] prefix, int bits, AddressKind kind) {

        static Network of(String text, AddressKind kind) {
            int slash = text.indexOf('/');
            return new Network(NetUtil.createByteArrayFromIpAddressString(text.substring(0, slash)),
                    Integer.parseInt(text.substring(slash + 1)), kind);
        }

        boolean contains(byte[] address) {
            for (int bit = 0; bit < bits; bit++) {
                if (((prefix[bit >> 3] ^ address[bit >> 3]) & 0x80 >> (bit & 7)) != 0) {
                    return false;
                }
            }
            return true;
        }
    }

    // The first network that contains an address decides. These are not constants, because Netty's parser must not be
    // initialized while a native executable is built.
    private final List<Network> ipv4 = List.of(
            Network.of("0.0.0.0/8", AddressKind.UNSPECIFIED), Network.of("10.0.0.0/8", AddressKind.PRIVATE),
            // The metadata service of Alibaba Cloud.
            Network.of("100.100.100.200/32", AddressKind.METADATA),
            Network.of("100.64.0.0/10", AddressKind.PRIVATE), Network.of("127.0.0.0/8", AddressKind.LOOPBACK),
            // The host of an Azure machine, which hands out the machine's secrets.
            Network.of("168.63.129.16/32", AddressKind.LINK_LOCAL),
            Network.of("169.254.0.0/16", AddressKind.LINK_LOCAL), Network.of("172.16.0.0/12", AddressKind.PRIVATE),
            // Contains 192.0.0.192, the metadata service of Oracle Cloud.
            Network.of("192.0.0.0/24", AddressKind.RESERVED), Network.of("192.0.2.0/24", AddressKind.DOCUMENTATION),
            Network.of("192.168.0.0/16", AddressKind.PRIVATE), Network.of("198.18.0.0/15", AddressKind.BENCHMARKS),
            Network.of("198.51.100.0/24", AddressKind.DOCUMENTATION),
            Network.of("203.0.113.0/24", AddressKind.DOCUMENTATION),
            Network.of("224.0.0.0/4", AddressKind.MULTICAST),
            Network.of("255.255.255.255/32", AddressKind.BROADCAST),
            Network.of("240.0.0.0/4", AddressKind.RESERVED));
    private final List<Network> ipv6 = List.of(
            Network.of("::/128", AddressKind.UNSPECIFIED), Network.of("::1/128", AddressKind.LOOPBACK),
            // The metadata services of AWS and of Google Cloud.
            Network.of("fd00:ec2::254/128", AddressKind.METADATA),
            Network.of("fd20:ce::254/128", AddressKind.METADATA),
            Network.of("fc00::/7", AddressKind.PRIVATE),
            Network.of("fe80::/10", AddressKind.LINK_LOCAL), Network.of("fec0::/10", AddressKind.PRIVATE),
            Network.of("ff00::/8", AddressKind.MULTICAST), Network.of("2001:2::/48", AddressKind.BENCHMARKS),
            Network.of("2001:10::/28", AddressKind.RESERVED), Network.of("2001:db8::/32", AddressKind.DOCUMENTATION),
            Network.of("3fff::/20", AddressKind.DOCUMENTATION));
    private final Network global = Network.of("2000::/3", AddressKind.PUBLIC);
    // An address of these embeds one of IPv4, whose kind counts instead.
    private final Network compatible = Network.of("::/96", AddressKind.PUBLIC);
    private final Network mapped = Network.of("::ffff:0:0/96", AddressKind.PUBLIC);
    private final Network nat64 = Network.of("64:ff9b::/96", AddressKind.PUBLIC);
    private final Network localNat64 = Network.of("64:ff9b:1::/48", AddressKind.PUBLIC);
    private final Network teredo = Network.of("2001::/32", AddressKind.PUBLIC);
    private final Network sixToFour = Network.of("2002::/16", AddressKind.PUBLIC);

    /** The kind of an address. */
    AddressKind of(InetAddress address) {
        byte[] a = address.getAddress();
        if (a.length == 4) {
            return ipv4(a);
        }
        for (Network network : ipv6) {
            if (network.contains(a)) {
                return network.kind();
            }
        }
        if (compatible.contains(a) || mapped.contains(a) || nat64.contains(a)) {
            return embedded(a, 12, 13, 14, 15);
        }
        if (localNat64.contains(a)) {
            return ofLocalNat64(a);
        }
        if (sixToFour.contains(a)) {
            return embedded(a, 2, 3, 4, 5);
        }
        if (teredo.contains(a)) {
            AddressKind server = embedded(a, 4, 5, 6, 7);
            return server != AddressKind.PUBLIC ? server : embedded(inverted(a), 12, 13, 14, 15);
        }
        return global.contains(a) ? AddressKind.PUBLIC : AddressKind.RESERVED;
    }

    private AddressKind ipv4(byte[] address) {
        for (Network network : ipv4) {
            if (network.contains(address)) {
                return network.kind();
            }
        }
        return AddressKind.PUBLIC;
    }

    /**
     * A local translator may read the IPv4 address from any of these places (RFC 6052, section 2.2). A place that begins with a
     * zero byte embeds no address.
     */
    private AddressKind ofLocalNat64(byte[] a) {
        AddressKind kind = embedded(a, 12, 13, 14, 15);
        for (int[] place : List.of(new int[]{6, 7, 9, 10}, new int[]{7, 9, 10, 11}, new int[]{9, 10, 11, 12})) {
            if (kind == AddressKind.PUBLIC && a[place[0]] != 0) {
                kind = embedded(a, place);
            }
        }
        return kind;
    }

    private AddressKind embedded(byte[] a, int... places) {
        return ipv4(new byte[]{a[places[0]], a[places[1]], a[places[2]], a[places[3]]});
    }

    private static byte[] inverted(byte[] address) {
        byte[] inverted = Arrays.copyOf(address, address.length);
        for (int i = 0; i < inverted.length; i++) {
            inverted[i] = (byte) ~inverted[i];
        }
        return inverted;
    }
}
