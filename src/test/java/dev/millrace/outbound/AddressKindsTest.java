package dev.millrace.outbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.netty.util.NetUtil;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** The kind of an address is known; each network is tried at both of its borders, from both sides. */
class AddressKindsTest {

    private static final AddressKinds KINDS = new AddressKinds();

    @ParameterizedTest
    @CsvSource({
            "0.0.0.0, unspecified", "0.255.255.255, unspecified",
            "10.0.0.0, private", "10.1.2.3, private", "10.255.255.255, private",
            "100.64.0.0, private", "100.100.100.200, private", "100.127.255.255, private",
            "127.0.0.0, loopback", "127.0.0.1, loopback", "127.255.255.255, loopback",
            "168.63.129.16, link-local",
            "169.254.0.0, link-local", "169.254.169.254, link-local", "169.254.255.255, link-local",
            "172.16.0.0, private", "172.31.255.255, private",
            "192.0.0.0, reserved", "192.0.0.192, reserved", "192.0.0.255, reserved",
            "192.0.2.0, for documentation", "192.0.2.255, for documentation",
            "192.168.0.0, private", "192.168.255.255, private",
            "198.18.0.0, for benchmarks", "198.19.255.255, for benchmarks",
            "198.51.100.0, for documentation", "198.51.100.255, for documentation",
            "203.0.113.0, for documentation", "203.0.113.255, for documentation",
            "224.0.0.0, multicast", "239.255.255.255, multicast",
            "240.0.0.0, reserved", "255.255.255.254, reserved", "255.255.255.255, broadcast",
            "::, unspecified", "::1, loopback", "::2, unspecified",
            "::7f00:1, loopback", "::10.0.0.1, private", "::ffff:127.0.0.1, loopback", "::ffff:a9fe:a9fe, link-local",
            "::ffff:0:7f00:1, reserved", "::1:0:0:0, reserved", "1::, reserved", "1fff:ffff::, reserved",
            "100::1, reserved", "64:ff9b::127.0.0.1, loopback", "64:ff9b::a00:1, private",
            "64:ff9b:0:0:0:1::, reserved", "64:ff9b:2::8.8.8.8, reserved", "64:ff9a:ffff::, reserved",
            "64:ff9b:1::10.0.0.1, private", "64:ff9b:1:a00:0:100:808:808, private", "64:ff9b:1:a:0:1:808:808, private",
            "64:ff9b:1:7f:0:1:808:808, loopback", "64:ff9b:1:0:a9:fea9:808:808, link-local",
            "64:ff9b:1:808:8:800::, unspecified",
            "2001:0:7f00:1::f7f7:f7f7, loopback", "2001:0:808:808::80ff:fffe, loopback",
            "2001:0:808:808::f5ff:fffe, private", "2001:2::, for benchmarks", "2001:2:0:ffff::, for benchmarks",
            "2001:10::, reserved", "2001:1f:ffff::, reserved",
            "2001:db8::, for documentation", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff, for documentation",
            "2002:7f00:1::, loopback", "2002:c0a8:101::1, private", "2002:a9fe:a9fe::, link-local",
            "3fff::, for documentation", "3fff:fff:ffff::, for documentation",
            "4000::, reserved", "5f00::1, reserved", "8000::1, reserved", "fbff:ffff::, reserved",
            "fc00::, private", "fd00:ec2::254, private", "fdff:ffff::, private",
            "fe00::, reserved", "fe7f:ffff::, reserved", "fe80::, link-local", "fe80::a9fe:a9fe, link-local",
            "febf:ffff::, link-local", "fec0::, private", "feff:ffff::, private",
            "ff00::, multicast", "ff02::1, multicast", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, multicast"})
    void knowsWhatIsNotPublic(String address, String kind) throws Exception {
        AddressKind found = KINDS.of(address(address));
        assertEquals(kind, found.text());
        assertNotEquals(AddressKind.PUBLIC, found);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.0.0.0", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0",
            "126.255.255.255", "128.0.0.0", "168.63.129.15", "168.63.129.17", "169.253.255.255", "169.255.0.0",
            "172.15.255.255", "172.32.0.0", "191.255.255.255", "192.0.1.0", "192.0.1.255", "192.0.3.0",
            "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "198.51.99.255", "198.51.101.0",
            "203.0.112.255", "203.0.114.0", "223.255.255.255", "::8.8.8.8", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8",
            "64:ff9b:1::8.8.8.8", "64:ff9b:1:808:8:800:808:808", "2000::", "2000:ffff::", "2001:0:808:808::f7f7:f7f7",
            "2001:1:ffff::", "2001:2:1::", "2001:3::", "2001:f:ffff::", "2001:20::", "2001:db7:ffff::", "2001:db9::",
            "2001:4860:4860::8888", "2002:808:808::", "2003::", "2606:4700::1111", "3ffe:ffff::", "3fff:1000::"})
    void knowsWhatIsPublic(String address) throws Exception {
        assertEquals(AddressKind.PUBLIC, KINDS.of(address(address)), address);
    }

    @ParameterizedTest
    @CsvSource({"100.100.100.200, METADATA", "100.100.100.199, PRIVATE", "100.100.100.201, PRIVATE",
            "fd00:ec2::254, METADATA", "fd00:ec2::253, PRIVATE", "fd00:ec2::255, PRIVATE", "fd20:ce::254, METADATA",
            "fd20:ce::253, PRIVATE", "fd20:ce::255, PRIVATE", "::ffff:100.100.100.200, METADATA",
            "64:ff9b::100.100.100.200, METADATA"})
    void knowsMetadataServicesAmongPrivateAddresses(String address, AddressKind kind) throws Exception {
        assertEquals(kind, KINDS.of(address(address)));
    }

    @Property
    void anEmbeddedAddressIsJudgedAsItself(@ForAll int ipv4) throws UnknownHostException {
        byte[] a = {(byte) (ipv4 >> 24), (byte) (ipv4 >> 16), (byte) (ipv4 >> 8), (byte) ipv4};
        AddressKind kind = KINDS.of(InetAddress.getByAddress(a));
        String hex = String.format("%02x%02x:%02x%02x", a[0], a[1], a[2], a[3]);
        String not = String.format("%02x%02x:%02x%02x", ~a[0] & 255, ~a[1] & 255, ~a[2] & 255, ~a[3] & 255);
        assertEquals(kind, KINDS.of(address("::ffff:" + hex)));
        assertEquals(kind, KINDS.of(address("64:ff9b::" + hex)));
        assertEquals(kind, KINDS.of(address("64:ff9b:1::" + hex)));
        assertEquals(kind, KINDS.of(address("2002:" + hex + "::1")));
        assertEquals(kind, KINDS.of(address("2001:0:808:808::" + not)));
        assertEquals(kind, KINDS.of(address("2001:0:" + hex + "::f7f7:f7f7")));
    }

    /** As the bytes say: Java would make IPv4 of a mapped address. */
    private static InetAddress address(String text) throws UnknownHostException {
        int dots = text.lastIndexOf(':') + 1;
        String hex = text;
        if (dots > 0 && text.indexOf('.') > 0) {
            byte[] a = NetUtil.createByteArrayFromIpAddressString(text.substring(dots));
            hex = text.substring(0, dots) + String.format("%02x%02x:%02x%02x", a[0], a[1], a[2], a[3]);
        }
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(hex);
        return bytes.length == 4 ? InetAddress.getByAddress(bytes) : Inet6Address.getByAddress(null, bytes, -1);
    }
}
