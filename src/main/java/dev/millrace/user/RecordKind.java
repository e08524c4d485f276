package dev.millrace.user;

/** What a user has records of. */
public enum RecordKind {
    /** Logins. */
    SESSION("session", "s"),
    /** Families of refresh tokens. */
    TOKEN("token", "t");

    private final String word;
    private final String letter;

    RecordKind(String word, String letter) {
        this.word = word;
        this.letter = letter;
    }

    /** First word of the types of its events. */
    String word() {
        return word;
    }

    /** How keys begin. */
    String letter() {
        return letter;
    }
}
