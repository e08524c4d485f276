package dev.millrace.http.json;

import java.time.Duration;

import jakarta.inject.Singleton;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.type.LogicalType;

import io.quarkus.jackson.ObjectMapperCustomizer;

/** JSON is read strictly: {@code "1"} is not a number, {@code 1.5} is not an integer, and an unknown field is an error. */
@Singleton
public class JsonSettings implements ObjectMapperCustomizer {

    /**
     * Values, names and brackets of a body. An empty object of two bytes takes a hundred bytes of memory and more, before anything
     * counts how many there are.
     */
    static final long MAX_TOKENS = 500_000;

    /** After Quarkus' own customizers: their module for java.time would read durations in another way. */
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
        // Readers and writers are made at start: the first use looks up how to read or write the type, not the start.
        mapper.disable(DeserializationFeature.EAGER_DESERIALIZER_FETCH);
        mapper.disable(SerializationFeature.EAGER_SERIALIZER_FETCH);
        mapper.getFactory().setStreamReadConstraints(
                mapper.getFactory().streamReadConstraints().rebuild().maxTokenCount(MAX_TOKENS).build());
        mapper.getFactory().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION.mappedFeature());
        mapper.coercionConfigFor(LogicalType.Textual)
                .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
        SimpleModule module = new SimpleModule("millrace");
        module.addDeserializer(Duration.class, new DurationJson.Deserializer());
        module.addSerializer(Duration.class, new DurationJson.Serializer());
        OpaqueJson.register(module);
        UnknownFields.register(mapper, module);
        mapper.registerModule(module);
    }
}
