package dev.millrace.http;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;

import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonMappingException;
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

    /** Longer ones are not even read to their end, be their bound what it may. */
    private static final int MAX_LENGTH = 1 << 20;

    /** Size in bytes of UTF-8. */
    public int bytes() {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    static final class InvalidJsonObjectException extends JsonMappingException {
        private static final long serialVersionUID = 1L;

        InvalidJsonObjectException(JsonParser parser, String message) {
            super(parser, message);
        }
    }

    static final class Deserializer extends StdScalarDeserializer<JsonObject> {
        private static final long serialVersionUID = 1L;

        Deserializer() {
            super(JsonObject.class);
        }

        @Override
        public JsonObject deserialize(JsonParser in, DeserializationContext context) throws IOException {
            if (in.currentToken() != JsonToken.START_OBJECT) {
                throw new InvalidJsonObjectException(in, "must be an object");
            }
            StringWriter text = new StringWriter();
            try (JsonGenerator out = in.getCodec().getFactory().createGenerator(text)) {
                copy(in, text, out);
            }
            String result = text.toString();
            if (!StandardCharsets.UTF_8.newEncoder().canEncode(result)) {
                throw new InvalidJsonObjectException(in, "must be well-formed Unicode");
            }
            return new JsonObject(result);
        }

        /** Jackson's own copy would read numbers and write them anew. */
        private static void copy(JsonParser in, StringWriter text, JsonGenerator out) throws IOException {
            int depth = 0;
            do {
                JsonToken token = in.currentToken();
                if (token.isStructStart() && ++depth > MAX_DEPTH) {
                    throw new InvalidJsonObjectException(in, "must not be nested deeper than " + MAX_DEPTH + " levels");
                }
                depth -= token.isStructEnd() ? 1 : 0;
                if (token == JsonToken.VALUE_NUMBER_INT || token == JsonToken.VALUE_NUMBER_FLOAT) {
                    out.writeNumber(in.getText());
                } else {
                    out.copyCurrentEvent(in);
                }
                if (text.getBuffer().length() > MAX_LENGTH) {
                    throw new ApiException(ErrorCode.TOO_LARGE,
                            "The object has more than " + MAX_LENGTH + " characters");
                }
            } while (depth > 0 && in.nextToken() != null);
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
