package dev.millrace.ratelimit.envoy;

/** An invalid file of descriptors. The message is one line with the file, the field and the fault. */
final class InvalidDescriptorsException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    InvalidDescriptorsException(String file, String message) {
        super(file + ": " + message);
    }

    InvalidDescriptorsException(String file, String field, String message) {
        this(file, field + " " + message);
    }
}
