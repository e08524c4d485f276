package dev.millrace.cache;

/** How a body is stored. */
enum BodyCoding {
    IDENTITY(""),
    GZIP("gzip"),
    /** No body: a negative entry. */
    NOTHING("nothing"),
    /** For an entry to store: keeps the body that is stored already. */
    KEEP("keep");

    private final String id;

    BodyCoding(String id) {
        this.id = id;
    }

    /** Whether a content coding is gzip, by either of its names (RFC 9110, section 8.4.1.3). */
    static boolean isGzip(String coding) {
        String name = coding.strip();
        return name.equalsIgnoreCase("gzip") || name.equalsIgnoreCase("x-gzip");
    }

    String id() {
        return id;
    }

    static BodyCoding of(String id) {
        for (BodyCoding coding : values()) {
            if (coding.id.equals(id)) {
                return coding;
            }
        }
        throw new IllegalArgumentException(id);
    }
}
