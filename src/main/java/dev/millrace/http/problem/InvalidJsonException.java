package dev.millrace.http.problem;

import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonMappingException;

/** A value in a JSON body that a deserializer of Millrace refuses. The message is written for the client. */
public final class InvalidJsonException extends JsonMappingException {

    private static final long serialVersionUID = 1L;

    /** @param message what the value must be, such as {@code must be an object} */
    public InvalidJsonException(JsonParser parser, @Nullable String message) {
        super(parser, message);
    }
}
