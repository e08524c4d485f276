package dev.millrace.http;

import java.io.IOException;
import java.io.StringWriter;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonMappingException;

/** Takes JSON over as text: compact, each string written in one way, and each number as it was. */
final class RawJson {

    /** Longer ones are not even read to their end, be their bound what it may. */
    private static final int MAX_LENGTH = 1 << 20;

    private RawJson() {}

    static final class UnsuitableJsonException extends JsonMappingException {
        private static final long serialVersionUID = 1L;

        UnsuitableJsonException(JsonParser parser, String message) {
            super(parser, message);
        }
    }

    /** The value the parser is at, which it leaves at its last token. */
    static String read(JsonParser in, int maxDepth) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = in.getCodec().getFactory().createGenerator(text)) {
            copy(in, text, out, maxDepth);
        }
        String result = text.toString();
        if (!isWellFormed(result)) {
            throw new UnsuitableJsonException(in, "must be well-formed Unicode");
        }
        return result;
    }

    /** Whether each surrogate has its other half. A loop, for an encoder would cost several times as much. */
    static boolean isWellFormed(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                i++;
                if (Character.isLowSurrogate(c) || i == text.length() || !Character.isLowSurrogate(text.charAt(i))) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Jackson's own copy would read numbers and write them anew. */
    private static void copy(JsonParser in, StringWriter text, JsonGenerator out, int maxDepth) throws IOException {
        int depth = 0;
        do {
            JsonToken token = in.currentToken();
            if (token.isStructStart() && ++depth > maxDepth) {
                throw new UnsuitableJsonException(in, "must not be nested deeper than " + maxDepth + " levels");
            }
            depth -= token.isStructEnd() ? 1 : 0;
            if (token == JsonToken.VALUE_NUMBER_INT || token == JsonToken.VALUE_NUMBER_FLOAT) {
                out.writeNumber(in.getText());
            } else {
                out.copyCurrentEvent(in);
            }
            if (text.getBuffer().length() > MAX_LENGTH) {
                throw new ApiException(ErrorCode.TOO_LARGE, "A value has more than " + MAX_LENGTH + " characters");
            }
        } while (depth > 0 && in.nextToken() != null);
    }
}
