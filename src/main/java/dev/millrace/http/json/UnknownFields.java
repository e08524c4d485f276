package dev.millrace.http.json;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.deser.BeanDeserializerModifier;
import com.fasterxml.jackson.databind.deser.DeserializationProblemHandler;
import com.fasterxml.jackson.databind.deser.std.DelegatingDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;

import dev.millrace.http.problem.ApiException;
import dev.millrace.http.problem.Violation;

/**
 * Reads a {@link Validated} body to its end before it reports unknown fields, so that a misspelt field is reported together with the
 * field that is missing because of it. Other types fail at their first unknown field.
 */
final class UnknownFields extends DeserializationProblemHandler {

    private static final long serialVersionUID = 1L;

    private static final int MAX_REPORTED = 20;
    private static final Object FOUND = UnknownFields.class;

    static void register(ObjectMapper mapper, SimpleModule module) {
        mapper.addHandler(new UnknownFields());
        module.setDeserializerModifier(new Modifier());
    }

    @Override
    public boolean handleUnknownProperty(DeserializationContext context, JsonParser parser,
            JsonDeserializer<?> deserializer, Object beanOrClass, String name) throws IOException {
        List<Violation> found = found(context);
        if (found == null) {
            return false;
        }
        if (found.size() < MAX_REPORTED) {
            found.add(new Violation(path(context, parser) + name, "is not a known field"));
        }
        parser.skipChildren();
        return true;
    }

    @SuppressWarnings("unchecked")
    private static @Nullable List<Violation> found(DeserializationContext context) {
        return (List<Violation>) context.getAttribute(FOUND);
    }

    /** The path of the object that has the field, with a dot behind it; empty for the body. */
    private static String path(DeserializationContext context, JsonParser parser) {
        JsonStreamContext at = context.getParser().getParsingContext();
        if (parser == context.getParser()) {
            // The parser stands at the value.
            boolean inside = parser.currentToken() == JsonToken.START_OBJECT
                    || parser.currentToken() == JsonToken.START_ARRAY;
            at = inside ? at.getParent().getParent() : at.getParent();
        }
        // Otherwise Jackson has kept the field until the record was made, and the parser is behind the object.
        StringBuilder path = new StringBuilder();
        for (; at != null && !at.inRoot(); at = at.getParent()) {
            path.insert(0, at.inArray() ? "[" + at.getCurrentIndex() + "]." : at.getCurrentName() + ".");
        }
        return path.toString().replace(".[", "[");
    }

    private static final class Modifier extends BeanDeserializerModifier {
        private static final long serialVersionUID = 1L;

        @Override
        public JsonDeserializer<?> modifyDeserializer(DeserializationConfig config, BeanDescription bean,
                JsonDeserializer<?> deserializer) {
            return Validated.class.isAssignableFrom(bean.getBeanClass()) ? new ToTheEnd(deserializer) : deserializer;
        }
    }

    private static final class ToTheEnd extends DelegatingDeserializer {
        private static final long serialVersionUID = 1L;

        ToTheEnd(JsonDeserializer<?> delegate) {
            super(delegate);
        }

        @Override
        protected JsonDeserializer<?> newDelegatingInstance(JsonDeserializer<?> delegate) {
            return new ToTheEnd(delegate);
        }

        @Override
        public @Nullable Object deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            if (found(context) != null) {
                return super.deserialize(parser, context);
            }
            List<Violation> found = new ArrayList<>(0);
            context.setAttribute(FOUND, found);
            Object body = super.deserialize(parser, context);
            context.setAttribute(FOUND, null);
            if (!found.isEmpty()) {
                if (body instanceof Validated validated) {
                    found.addAll(validated.violations());
                }
                ApiException invalid = ApiException.invalid(found);
                throw JsonMappingException.from(parser, invalid.getMessage(), invalid);
            }
            return body;
        }
    }
}
