package dev.millrace.queue.mail;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * An address that a mail is from or to.
 *
 * @param name empty for none
 */
record MailAddress(String name, String address) {

    static final String FORM = "must be an address such as ada@example.com or Ada <ada@example.com>";

    private static final Pattern WITH_NAME = Pattern.compile("([^<>]{0,200}?) *<([^<>]*)>");
    private static final Pattern ADDRESS = Pattern
            .compile("[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?"
                    + "(\\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*");
    private static final int MAX_LENGTH = 254;

    /** Parses an address; returns null if it is not valid. */
    static @Nullable MailAddress parse(@Nullable String text) {
        if (text == null || text.chars().anyMatch(Character::isISOControl)) {
            return null;
        }
        Matcher named = WITH_NAME.matcher(text);
        String name = named.matches() ? unquoted(named.group(1).strip()) : "";
        String address = named.matches() ? named.group(2) : text;
        return address.length() <= MAX_LENGTH && ADDRESS.matcher(address).matches()
                ? new MailAddress(name, address)
                : null;
    }

    private static String unquoted(String name) {
        return name.length() >= 2 && name.startsWith("\"") && name.endsWith("\"")
                ? name.substring(1, name.length() - 1).replaceAll("\\\\(.)", "$1")
                : name;
    }

    String domain() {
        return address.substring(address.indexOf('@') + 1);
    }

    /** The address as written in a header field. */
    String written() {
        return name.isEmpty() ? address : HeaderText.phrase(name) + " <" + address + '>';
    }
}
