package dev.millrace.cache;

import io.vertx.core.buffer.Buffer;

/** A body as it is stored. {@code etag} is the tag of the uncompressed body. */
record PreparedBody(BodyCoding coding, String etag, Buffer body) {

    /** A negative entry. Not a constant, because no buffer may be allocated while a native executable is built. */
    static PreparedBody nothing() {
        return new PreparedBody(BodyCoding.NOTHING, "nothing", Buffer.buffer());
    }
}
