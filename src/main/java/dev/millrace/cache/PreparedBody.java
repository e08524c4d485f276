package dev.millrace.cache;

/** A body as it is stored. {@code etag} is the tag of the uncompressed body. */
record PreparedBody(BodyCoding coding, String etag, byte[] body) {

    /** A negative entry. */
    static PreparedBody nothing() {
        return new PreparedBody(BodyCoding.NOTHING, "nothing", new byte[0]);
    }
}
