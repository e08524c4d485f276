package dev.millrace.outbound;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Host and port of a URL. Every spelling that some resolver reads as an address, such as {@code 2130706433}, {@code 0x7f.1} or
 * {@code 0177.0.0.1}, is read as that address, as browsers do. So no later step can read it as another one.
 *
 * @param name the host as the URL spells it, in lower case, an IPv6 address in brackets
 * @param address the address if the name is one; else null, and the name must be looked up
 * @param port the scheme's default if the URL has none
 * @param tls whether the scheme is https
 */
public record TargetHost(String name, @Nullable InetAddress address, int port, boolean tls) {

    /** What is wrong with a URL that is not of this kind, or has a fragment. */
    public static final String PROBLEM = "must be an http or https URL with a host, a port from 1 to 65535 if it has one, and without user and fragment";

    private static final Pattern AUTHORITY = Pattern
            .compile("(\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9_-]+(?:\\.[A-Za-z0-9_-]+)*\\.?)(?::(\\d{0,5}))?");
    private static final Pattern NUMBER = Pattern.compile("\\d+|0[xX][0-9A-Fa-f]*");
    private static final int MAX_NAME = 253;

    /**
     * Reads the host of a URL.
     *
     * @throws IllegalArgumentException if the URL has no host, has a user, or is neither http nor https
     */
    public static TargetHost of(URI url) {
        boolean tls = "https".equalsIgnoreCase(url.getScheme());
        check(tls || "http".equalsIgnoreCase(url.getScheme()));
        Matcher authority = AUTHORITY.matcher(url.getRawAuthority() == null ? "" : url.getRawAuthority());
        check(authority.matches());
        String digits = authority.group(2);
        int port = digits == null || digits.isEmpty() ? tls ? 443 : 80 : Integer.parseInt(digits);
        String name = authority.group(1).toLowerCase(Locale.ROOT);
        check(port >= 1 && port <= 65_535 && name.length() <= MAX_NAME);
        return new TargetHost(name, address(name), port, tls);
    }

    /** Whether a URL has a host and a port that can be connected to: see {@link #of}. */
    public static boolean isIn(URI url) {
        try {
            of(url);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Whether the name is not an address, or is one in its usual spelling: four decimal numbers, or IPv6 that is not IPv4. */
    public boolean isSpelledPlainly() {
        return !(address instanceof Inet4Address) || name.equals(address.getHostAddress());
    }

    private static @Nullable InetAddress address(String name) {
        try {
            if (name.startsWith("[")) {
                // A name in brackets is an address or invalid, so this call does not ask DNS.
                return InetAddress.getByName(name);
            }
            String[] parts = name.split("\\.");
            return NUMBER.matcher(parts[parts.length - 1]).matches() ? InetAddress.getByAddress(ipv4(parts)) : null;
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** One to four numbers; the last one fills the bytes that are left. */
    private static byte[] ipv4(String[] parts) {
        check(parts.length <= 4);
        long address = 0;
        for (int i = 0; i < parts.length; i++) {
            long number = number(parts[i]);
            int bytes = i < parts.length - 1 ? 1 : 4 - i;
            check(number < 1L << 8 * bytes);
            address = address << 8 * bytes | number;
        }
        return new byte[]{(byte) (address >> 24), (byte) (address >> 16), (byte) (address >> 8), (byte) address};
    }

    private static long number(String part) {
        check(NUMBER.matcher(part).matches());
        if (part.startsWith("0x")) {
            return part.length() == 2 ? 0 : Long.parseLong(part.substring(2), 16);
        }
        return Long.parseLong(part, part.startsWith("0") ? 8 : 10);
    }

    private static void check(boolean condition) {
        if (!condition) {
            throw new IllegalArgumentException();
        }
    }
}
