package dev.millrace.http.json;

import java.time.Duration;

import jakarta.inject.Singleton;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.type.LogicalType;

import io.quarkus.jackson.ObjectMapperCustomizer;

/** JSON is taken at its word: {@code "1"} is not a number, {@code 1.5} no integer, and a misspelt field an error. */
@Singleton
public class JsonSettings implements ObjectMapperCustomizer {

    /** After Quarkus' own, whose module for java.time would read durations its way. */
    @Override
    public int priority() {
        return Integer.MIN_VALUE;
    }

    @Override
    @SuppressWarnings("deprecation") // the feature has no other name on a mapper that exists already
    public void customize(ObjectMapper mapper) {
        mapper.configure(MapperFeature.ALLOW_COERCION_OF_SCALARS, false);
        mapper.disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT);
        mapper.enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
        mapper.enable(DeserializationFeature.FAIL_ON_IGNORED_PROPERTIES);
        mapper.enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
        mapper.enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS);
        mapper.getFactory().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION.mappedFeature());
        mapper.coercionConfigFor(LogicalType.Textual)
                .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
        SimpleModule module = new SimpleModule("millrace");
        module.addDeserializer(Duration.class, new DurationJson.Deserializer());
        module.addSerializer(Duration.class, new DurationJson.Serializer());
        module.addDeserializer(JsonObject.class, new JsonObject.Deserializer());
        module.addSerializer(JsonObject.class, new JsonObject.Serializer());
        module.addDeserializer(JsonValue.class, new JsonValue.Deserializer());
        module.addSerializer(JsonValue.class, new JsonValue.Serializer());
        mapper.registerModule(module);
    }
}
