package dev.millrace.http.json;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;

import dev.millrace.http.problem.InvalidJsonException;

/**
 * JSON of the client's, which the service stores and returns but does not read. Its text is compact, with one way to write each
 * string, and every number stays as it was written: {@code 1.10} is not 1.1, and no digit of a long one is lost.
 */
public sealed interface OpaqueJson permits JsonObject, JsonValue {

    /** Returns the JSON, without white space. */
    String text();

    /** Returns the size in bytes of UTF-8. */
    default int bytes() {
        return text().getBytes(StandardCharsets.UTF_8).length;
    }

    /** Adds to {@code module} how both kinds are read and written. */
    static void register(SimpleModule module) {
        module.addDeserializer(JsonObject.class,
                new Deserializer<>(JsonObject.class, JsonObject.MAX_DEPTH, true, JsonObject::new));
        module.addDeserializer(JsonValue.class,
                new Deserializer<>(JsonValue.class, JsonValue.MAX_DEPTH, false, JsonValue::new));
        module.addSerializer(new Serializer());
    }

    /** Takes the text over as it is read. */
    final class Deserializer<T extends OpaqueJson> extends StdScalarDeserializer<T> {
        private static final long serialVersionUID = 1L;

        private final int maxDepth;
        private final boolean objectOnly;
        private final transient Function<String, T> ofText;

        private Deserializer(Class<T> type, int maxDepth, boolean objectOnly, Function<String, T> ofText) {
            super(type);
            this.maxDepth = maxDepth;
            this.objectOnly = objectOnly;
            this.ofText = ofText;
        }

        @Override
        public T deserialize(JsonParser in, DeserializationContext context) throws IOException {
            if (objectOnly && in.currentToken() != JsonToken.START_OBJECT) {
                throw new InvalidJsonException(in, "must be an object");
            }
            return ofText.apply(RawJson.read(in, maxDepth));
        }
    }

    /** Writes the text as it is. */
    final class Serializer extends StdScalarSerializer<OpaqueJson> {
        private static final long serialVersionUID = 1L;

        private Serializer() {
            super(OpaqueJson.class);
        }

        @Override
        public void serialize(OpaqueJson value, JsonGenerator out, SerializerProvider provider) throws IOException {
            out.writeRawValue(value.text());
        }
    }
}
