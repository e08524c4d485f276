package dev.millrace.http.json;

import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * A JSON object of the client's.
 *
 * @param text JSON without white space
 */
@Schema(type = SchemaType.OBJECT, additionalProperties = Schema.True.class, examples = "{\"theme\":\"dark\"}")
public record JsonObject(@Schema(hidden = true) String text) implements OpaqueJson {

    public static final JsonObject EMPTY = new JsonObject("{}");

    /** Deeper objects and arrays are refused, because merging a patch recurses once per level. */
    public static final int MAX_DEPTH = 32;
}
