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
