package dev.millrace.outbound;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Host and port of a URL. What is an address in any of the forms that some resolver takes for one, such as
 * {@code 2130706433}, {@code 0x7f.1} or {@code 0177.0.0.1}, is that address, as it is in a browser; so nobody after this
 * class can read it as another one.
 *
 * @param name as it stands in the URL, in lower case, an IPv6 address in brackets
 * @param address if the name is one; else null, and the name has to be looked up
 * @param port the scheme's if the URL has none
 * @param tls whether it is https
 */
public record TargetHost(String name, InetAddress address, int port, boolean tls) {

    private static final Pattern AUTHORITY = Pattern
            .compile("(\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9_-]+(?:\\.[A-Za-z0-9_-]+)*\\.?)(?::(\\d{1,5}))?");
    private static final Pattern NUMBER = Pattern.compile("\\d+|0[xX][0-9A-Fa-f]*");
    private static final int MAX_NAME = 253;

    /**
     * The host of a URL.
     *
     * @throws IllegalArgumentException if it has none, or a user, or is neither http nor https
     */
    public static TargetHost of(URI url) {
        boolean tls = "https".equalsIgnoreCase(url.getScheme());
        check(tls || "http".equalsIgnoreCase(url.getScheme()));
        Matcher authority = AUTHORITY.matcher(url.getRawAuthority() == null ? "" : url.getRawAuthority());
        check(authority.matches());
        int port = authority.group(2) == null ? tls ? 443 : 80 : Integer.parseInt(authority.group(2));
        String name = authority.group(1).toLowerCase(Locale.ROOT);
        check(port >= 1 && port <= 65_535 && name.length() <= MAX_NAME);
        return new TargetHost(name, address(name), port, tls);
    }

    private static InetAddress address(String name) {
        try {
            if (name.startsWith("[")) {
                // In brackets it is an address or nothing, so this asks no DNS.
                return InetAddress.getByName(name);
            }
            String[] parts = name.split("\\.");
            return NUMBER.matcher(parts[parts.length - 1]).matches() ? InetAddress.getByAddress(ipv4(parts)) : null;
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** One to four numbers, of which the last one fills the bytes that are left. */
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
