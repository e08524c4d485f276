package dev.millrace.http.json;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;

/**
 * Any JSON of the caller's, which the service keeps and gives back but does not read; as {@link JsonObject}, but an array, a
 * string, a number, true or false as well. {@code null} is no value.
 *
 * @param text JSON without white space
 */
@Schema(description = "Any JSON", examples = "{\"to\":\"ada@example.com\"}")
public record JsonValue(@Schema(hidden = true) String text) {

    /** Deeper objects and arrays are refused. */
    public static final int MAX_DEPTH = 256;

    /** Size in bytes of UTF-8. */
    public int bytes() {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    static final class Deserializer extends StdScalarDeserializer<JsonValue> {
        private static final long serialVersionUID = 1L;

        Deserializer() {
            super(JsonValue.class);
        }

        @Override
        public JsonValue deserialize(JsonParser in, DeserializationContext context) throws IOException {
            return new JsonValue(RawJson.read(in, MAX_DEPTH));
        }
    }

    static final class Serializer extends StdScalarSerializer<JsonValue> {
        private static final long serialVersionUID = 1L;

        Serializer() {
            super(JsonValue.class);
        }

        @Override
        public void serialize(JsonValue value, JsonGenerator out, SerializerProvider provider) throws IOException {
            out.writeRawValue(value.text());
        }
    }
}
