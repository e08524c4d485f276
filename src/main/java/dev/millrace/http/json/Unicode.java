package dev.millrace.http.json;

/** Finds lone surrogates, which JSON allows in a string and UTF-8 cannot encode. */
public final class Unicode {

    private Unicode() {}

    /** Whether each surrogate has its other half. A loop, because an encoder costs several times as much. */
    public static boolean isWellFormed(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                i++;
                if (Character.isLowSurrogate(c) || i == text.length() || !Character.isLowSurrogate(text.charAt(i))) {
                    return false;
                }
            }
        }
        return true;
    }
}
