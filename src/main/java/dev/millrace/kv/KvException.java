package dev.millrace.kv;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** An error of a command, in the wording of Redis. Has no stack trace, because clients cause it. */
final class KvException extends RuntimeException {

    private static final long serialVersionUID = 1L;
    private static final int MAX_SHOWN = 128;

    private final int status;

    /** An error with status 400. */
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

    /** Returns the error that Redis returns for a command that the ACL forbids; with a subcommand in the form {@code client|kill}. */
    static KvException notPermitted(String command) {
        return new KvException(noPermission(command));
    }

    /** Returns the error for a command of functions, and what to use. */
    static KvException noFunctions(String command) {
        return new KvException(
                noPermission(command) + ": functions are not supported, because they belong to the whole server. "
                        + "Use EVAL, or SCRIPT LOAD and EVALSHA");
    }

    private static String noPermission(String command) {
        return "NOPERM this user has no permissions to run the '" + command + "' command";
    }

    /** Returns the error that Redis returns for an unknown command, with the start of its arguments. */
    static KvException unknown(String command, List<byte[]> args) {
        StringBuilder shown = new StringBuilder();
        for (byte[] arg : args) {
            if (shown.length() >= MAX_SHOWN) {
                break;
            }
            shown.append('\'')
                    .append(start(new String(arg, 0, Math.min(arg.length, MAX_SHOWN), StandardCharsets.UTF_8)))
                    .append("' ");
        }
        return new KvException("ERR unknown command '" + start(command) + "', with args beginning with: " + shown);
    }

    private static String start(String text) {
        return text.length() > MAX_SHOWN ? text.substring(0, MAX_SHOWN) : text;
    }
}
