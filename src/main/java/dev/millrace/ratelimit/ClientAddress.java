package dev.millrace.ratelimit;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import jakarta.interceptor.Interceptor;

import org.jspecify.annotations.Nullable;

import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import io.netty.util.NetUtil;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;

/**
 * The address of a proxy's client. {@code X-Forwarded-For} is read from its end, because each trusted proxy appends its peer. The
 * first address that is not a trusted proxy is the client; the addresses before it are claims of the client.
 */
@Singleton
class ClientAddress {

    private static final int MAX_HOPS = 32;

    private final List<IpSubnetFilterRule> trusted = new ArrayList<>();
    private final int ipv6Prefix;

    ClientAddress(RateLimitConfig config) {
        config.trustedProxies().ifPresent(list -> list.forEach(network -> trusted.add(rule(network.strip()))));
        this.ipv6Prefix = config.ipv6Prefix();
    }

    /** Runs early, so that a wrong network keeps the service from starting, and not its first caller from an answer. */
    void start(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE - 2) StartupEvent event) {
        // The constructor has checked the configuration.
    }

    /**
     * Returns the client's address as an identifier: an IPv4 address unchanged, an IPv6 address as its network.
     *
     * @param peer the address that opened the connection
     * @param forwardedFor the {@code X-Forwarded-For} fields in order; may be empty
     */
    String of(String peer, List<String> forwardedFor) {
        InetAddress address = parse(peer);
        if (address == null) {
            return "unknown";
        }
        List<String> hops = new ArrayList<>();
        for (String field : forwardedFor) {
            hops.addAll(List.of(field.split(",")));
        }
        for (int i = hops.size() - 1; i >= Math.max(0, hops.size() - MAX_HOPS) && isTrusted(address); i--) {
            InetAddress hop = parse(hops.get(i).strip());
            if (hop == null) {
                break;
            }
            address = hop;
        }
        return identifier(address);
    }

    private boolean isTrusted(InetAddress address) {
        InetSocketAddress socket = new InetSocketAddress(address, 0);
        for (IpSubnetFilterRule rule : trusted) {
            if (rule.matches(socket)) {
                return true;
            }
        }
        return false;
    }

    private String identifier(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (bytes.length == 4 || ipv6Prefix == 128) {
            return NetUtil.toAddressString(address);
        }
        for (int bit = ipv6Prefix; bit < 128; bit++) {
            bytes[bit / 8] &= (byte) ~(0x80 >> bit % 8);
        }
        return NetUtil.bytesToIpAddress(bytes) + "/" + ipv6Prefix;
    }

    /** Parses an address, without DNS; null if it is not one. An IPv4 address mapped into IPv6 counts as IPv4. */
    private static @Nullable InetAddress parse(String text) {
        String bare = text.startsWith("[") && text.contains("]") ? text.substring(1, text.indexOf(']')) : text;
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(bare);
        if (bytes == null && bare.indexOf(':') > 0 && bare.indexOf(':') == bare.lastIndexOf(':')) {
            bytes = NetUtil.createByteArrayFromIpAddressString(bare.substring(0, bare.indexOf(':')));
        }
        try {
            return bytes == null ? null : InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            return null;
        }
    }

    private static IpSubnetFilterRule rule(String network) {
        int slash = network.indexOf('/');
        String address = slash < 0 ? network : network.substring(0, slash);
        try {
            byte[] bytes = NetUtil.createByteArrayFromIpAddressString(address);
            int prefix = slash < 0 ? bytes.length * 8 : Integer.parseInt(network.substring(slash + 1));
            return new IpSubnetFilterRule(InetAddress.getByAddress(bytes), prefix, IpFilterRuleType.ACCEPT);
        } catch (UnknownHostException | RuntimeException e) {
            throw new ConfigurationException(
                    "millrace.ratelimit.trusted-proxies: " + network + " is neither an address nor a network");
        }
    }
}
