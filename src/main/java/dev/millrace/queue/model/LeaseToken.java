package dev.millrace.queue.model;

import org.jspecify.annotations.Nullable;

/**
 * Names one delivery of a job: {@code <id>.<number>}. A report with the token of another delivery or job is refused. A token
 * protects against late reports and mistakes; it is not a secret.
 */
public final class LeaseToken {

    private LeaseToken() {}

    /** The token of a delivery. */
    public static String of(String id, int delivery) {
        return id + '.' + delivery;
    }

    /** The number of the delivery, as text; {@code "0"}, which no delivery has, if the token is not one of the job. */
    public static String delivery(String id, @Nullable String token) {
        int length = id.length();
        if (token == null || token.length() < length + 2 || token.length() > length + 10 || !token.startsWith(id)
                || token.charAt(length) != '.' || token.charAt(length + 1) == '0') {
            return "0";
        }
        for (int i = length + 1; i < token.length(); i++) {
            if (token.charAt(i) < '0' || token.charAt(i) > '9') {
                return "0";
            }
        }
        return token.substring(length + 1);
    }
}
