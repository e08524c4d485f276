package dev.millrace.queue.model;

/**
 * Names one delivery of one job: {@code <id>.<number>}. Who shows the token of another delivery, or of another job, is refused;
 * it is a fence against the late and the confused, not a secret.
 */
public final class LeaseToken {

    private LeaseToken() {}

    public static String of(String id, int delivery) {
        return id + '.' + delivery;
    }

    /** The number of the delivery, as text; {@code "0"}, which none has, if the token is not one of that job's. */
    public static String delivery(String id, String token) {
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
