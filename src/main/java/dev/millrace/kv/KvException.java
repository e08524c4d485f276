package dev.millrace.kv;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** What is wrong with a command, in the words Redis would use. Carries no stack trace: callers cause it. */
final class KvException extends RuntimeException {

    private static final long serialVersionUID = 1L;
    private static final int MOST_SHOWN = 128;

    private final int status;

    /** 400. */
    KvException(String message) {
        this(400, message);
    }

    KvException(int status, String message) {
        super(message, null, false, false);
        this.status = status;
    }

    int status() {
        return status;
    }

    /** As Redis refuses whom its ACL does not allow a command. */
    static KvException notPermitted(String command) {
        return new KvException("NOPERM this user has no permissions to run the '" + command + "' command");
    }

    /** As Redis answers what it does not have: with the first arguments, up to a point. */
    static KvException unknown(String command, List<byte[]> args) {
        StringBuilder shown = new StringBuilder();
        for (byte[] arg : args) {
            if (shown.length() >= MOST_SHOWN) {
                break;
            }
            shown.append('\'')
                    .append(start(new String(arg, 0, Math.min(arg.length, MOST_SHOWN), StandardCharsets.UTF_8)))
                    .append("' ");
        }
        return new KvException("ERR unknown command '" + start(command) + "', with args beginning with: " + shown);
    }

    private static String start(String text) {
        return text.length() > MOST_SHOWN ? text.substring(0, MOST_SHOWN) : text;
    }
}
