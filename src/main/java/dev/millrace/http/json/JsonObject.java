package dev.millrace.http.json;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;

/**
 * A JSON object of the caller's, which the service keeps and gives back but does not read. Its text is compact, with one way
 * to write each string, and every number stays as it was written: {@code 1.10} is not 1.1, and no digit of a long one is lost.
 *
 * @param text JSON without white space
 */
@Schema(type = SchemaType.OBJECT, additionalProperties = Schema.True.class, examples = "{\"theme\":\"dark\"}")
public record JsonObject(@Schema(hidden = true) String text) {

    public static final JsonObject EMPTY = new JsonObject("{}");

    /** Deeper objects and arrays are refused, for merging a patch takes a step per level. */
    public static final int MAX_DEPTH = 32;

    /** Size in bytes of UTF-8. */
    public int bytes() {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    static final class Deserializer extends StdScalarDeserializer<JsonObject> {
        private static final long serialVersionUID = 1L;

        Deserializer() {
            super(JsonObject.class);
        }

        @Override
        public JsonObject deserialize(JsonParser in, DeserializationContext context) throws IOException {
            if (in.currentToken() != JsonToken.START_OBJECT) {
                throw new RawJson.UnsuitableJsonException(in, "must be an object");
            }
            return new JsonObject(RawJson.read(in, MAX_DEPTH));
        }
    }

    static final class Serializer extends StdScalarSerializer<JsonObject> {
        private static final long serialVersionUID = 1L;

        Serializer() {
            super(JsonObject.class);
        }

        @Override
        public void serialize(JsonObject value, JsonGenerator out, SerializerProvider provider) throws IOException {
            out.writeRawValue(value.text());
        }
    }
}
