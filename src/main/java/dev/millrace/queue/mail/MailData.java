package dev.millrace.queue.mail;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import io.quarkus.runtime.annotations.RegisterForReflection;

import dev.millrace.http.problem.Violation;

/** The data of a job that sends a mail. {@code to} is required, and {@code text} or {@code html}. */
@RegisterForReflection
record MailData(@Nullable String from, List<String> to, List<String> cc, List<String> bcc, @Nullable String replyTo,
        @Nullable String subject,
        @Nullable String text, @Nullable String html, Map<String, String> headers) {

    private static final int MAX_RECIPIENTS = 100;
    private static final int MAX_HEADERS = 50;
    private static final int MAX_VALUE_LENGTH = 900;
    private static final Pattern FIELD_NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}");
    /** Header fields that clients cannot set: they have fields of their own, or are set by Millrace or by mail servers. */
    private static final Set<String> NOT_FREE = Set.of("from", "to", "cc", "bcc", "reply-to", "subject", "message-id",
            "date", "mime-version", "return-path", "received", "dkim-signature");

    MailData {
        to = to == null ? List.of() : to;
        cc = cc == null ? List.of() : cc;
        bcc = bcc == null ? List.of() : bcc;
        headers = headers == null ? Map.of() : headers;
    }

    /** Checks all fields; returns no violations if it is valid. */
    List<Violation> violations() {
        List<Violation> found = new ArrayList<>(0);
        if (from != null) {
            checkAddress(found, "from", from);
        }
        if (replyTo != null) {
            checkAddress(found, "replyTo", replyTo);
        }
        if (to.isEmpty()) {
            found.add(new Violation("to", "must have at least one address"));
        }
        if (to.size() + cc.size() + bcc.size() > MAX_RECIPIENTS) {
            found.add(new Violation("to", "must have at most " + MAX_RECIPIENTS + " addresses, cc and bcc included"));
        } else {
            checkAddresses(found, "to", to);
            checkAddresses(found, "cc", cc);
            checkAddresses(found, "bcc", bcc);
        }
        checkLine(found, "subject", subject);
        if (text == null && html == null) {
            found.add(new Violation("text", "must be given, or html"));
        }
        if (headers.size() > MAX_HEADERS) {
            found.add(new Violation("headers", "must have at most " + MAX_HEADERS + " fields"));
        } else {
            headers.forEach((name, value) -> checkHeader(found, name, value));
        }
        return found;
    }

    private static void checkAddresses(List<Violation> found, String field, List<String> addresses) {
        for (int i = 0; i < addresses.size(); i++) {
            checkAddress(found, field + '[' + i + ']', addresses.get(i));
        }
    }

    private static void checkAddress(List<Violation> found, String field, @Nullable String text) {
        if (MailAddress.parse(text) == null) {
            found.add(new Violation(field, MailAddress.FORM));
        }
    }

    private static void checkHeader(List<Violation> found, String name, @Nullable String value) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (!FIELD_NAME.matcher(name).matches()) {
            found.add(new Violation("headers", "must have names of 1 to 64 letters, digits and -"));
        } else if (NOT_FREE.contains(lower) || lower.startsWith("content-")) {
            found.add(new Violation("headers." + name, "must not be set here"));
        } else if (value == null) {
            found.add(new Violation("headers." + name, "must be text"));
        } else {
            checkLine(found, "headers." + name, value);
        }
    }

    private static void checkLine(List<Violation> found, String field, @Nullable String value) {
        if (value != null && value.chars().anyMatch(Character::isISOControl)) {
            found.add(new Violation(field, "must not contain line breaks or other control characters"));
        } else if (value != null && value.length() > MAX_VALUE_LENGTH) {
            found.add(new Violation(field, "must be at most " + MAX_VALUE_LENGTH + " characters"));
        }
    }
}
