package dev.millrace.kv;

/** What is wrong with a command, in the words Redis would use. Carries no stack trace: callers cause it. */
final class KvException extends RuntimeException {

    private static final long serialVersionUID = 1L;

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
}
