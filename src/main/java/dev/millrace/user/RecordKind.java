package dev.millrace.user;

/** A kind of records of a user. */
public enum RecordKind {
    /** Sessions. */
    SESSION("session", "s"),
    /** Families of refresh tokens. */
    TOKEN("token", "t");

    private final String word;
    private final String letter;

    RecordKind(String word, String letter) {
        this.word = word;
        this.letter = letter;
    }

    /** Returns the first word of the types of its events. */
    String word() {
        return word;
    }

    /** Returns the prefix of its keys. */
    String letter() {
        return letter;
    }
}
