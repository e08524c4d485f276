package dev.millrace.http.json;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * Any JSON of the client's: an object, an array, a string, a number, true or false. {@code null} is no value.
 *
 * @param text JSON without white space
 */
@Schema(description = "Any JSON", examples = "{\"to\":\"ada@example.com\"}")
public record JsonValue(@Schema(hidden = true) String text) implements OpaqueJson {

    /** Deeper objects and arrays are refused. */
    public static final int MAX_DEPTH = 256;
}
