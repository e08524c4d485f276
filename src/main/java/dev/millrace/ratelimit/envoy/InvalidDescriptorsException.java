package dev.millrace.ratelimit.envoy;

/** A file of descriptors that cannot be used. The message is one line that names the file, the field and the fault. */
final class InvalidDescriptorsException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    InvalidDescriptorsException(String file, String message) {
        super(file + ": " + message);
    }

    InvalidDescriptorsException(String file, String field, String message) {
        this(file, field + " " + message);
    }
}
