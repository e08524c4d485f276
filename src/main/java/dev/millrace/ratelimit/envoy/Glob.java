package dev.millrace.ratelimit.envoy;

/** A text in which each {@code *} stands for any number of characters, also none. All others stand for themselves. */
final class Glob {

    private final String pattern;

    Glob(String pattern) {
        this.pattern = pattern;
    }

    static boolean isGlob(String text) {
        return text.indexOf('*') >= 0;
    }

    String pattern() {
        return pattern;
    }

    /** Returns whether the text matches. If it goes back, then only to the last {@code *}: at most pattern × text comparisons. */
    boolean matches(String text) {
        int p = 0;
        int t = 0;
        int afterStar = -1;
        int resume = 0;
        while (t < text.length()) {
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                afterStar = ++p;
                resume = t;
            } else if (p < pattern.length() && pattern.charAt(p) == text.charAt(t)) {
                p++;
                t++;
            } else if (afterStar >= 0) {
                p = afterStar;
                t = ++resume;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }

    /** Returns whether all texts that match the other match this: a {@code *} of the other is matched by one of this only. */
    boolean covers(Glob other) {
        return matches(other.pattern);
    }
}
