package dev.millrace.ratelimit.envoy;

import dev.millrace.encoding.Digests;
import dev.millrace.redis.Keys;

/**
 * The identifier of a descriptor: its entries as {@code key=value;key=value}, escaped so that different entries stay different. If the
 * text is too long for an identifier, or not a valid one, its SHA-256 is used.
 */
final class EntryPath {

    private final StringBuilder path = new StringBuilder();

    EntryPath add(String key, String value) {
        separate();
        append(key);
        path.append('=');
        append(value);
        return this;
    }

    /** Distinguishes it from the same entries counted per another unit, or by a configured rule. */
    EntryPath add(Unit unit) {
        separate();
        path.append(unit.name());
        return this;
    }

    String identifier() {
        String identifier = path.toString();
        return Keys.identifierProblem(identifier) == null ? identifier : Digests.sha256Hex(identifier, 32);
    }

    private void separate() {
        if (!path.isEmpty()) {
            path.append(';');
        }
    }

    private void append(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '=' || c == ';' || c == '\\') {
                path.append('\\');
            }
            path.append(c);
        }
    }
}
