package dev.millrace.http.json;

import java.io.IOException;
import java.nio.CharBuffer;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.JsonMappingException;

import dev.millrace.http.problem.ApiException;
import dev.millrace.http.problem.ErrorCode;

/** Takes JSON over as text: compact, each string written in one way, and each number as it was. */
public final class RawJson {

    /** Longer ones are not even read to their end, be their bound what it may. */
    private static final int MAX_LENGTH = 1 << 20;

    private RawJson() {}

    public static final class UnsuitableJsonException extends JsonMappingException {
        private static final long serialVersionUID = 1L;

        UnsuitableJsonException(JsonParser parser, String message) {
            super(parser, message);
        }
    }

    /** The value the parser is at, which it leaves at its last token. */
    static String read(JsonParser in, int maxDepth) throws IOException {
        StringBuilder out = new StringBuilder(128);
        copy(in, out, maxDepth);
        String result = out.toString();
        if (!Unicode.isWellFormed(result)) {
            throw new UnsuitableJsonException(in, "must be well-formed Unicode");
        }
        return result;
    }

    /** Jackson's own copy would read numbers and write them anew; and a generator per value costs more than the value. */
    private static void copy(JsonParser in, StringBuilder out, int maxDepth) throws IOException {
        int depth = 0;
        do {
            JsonToken token = in.currentToken();
            if (token.isStructStart() && ++depth > maxDepth) {
                throw new UnsuitableJsonException(in, "must not be nested deeper than " + maxDepth + " levels");
            }
            depth -= token.isStructEnd() ? 1 : 0;
            if (!token.isStructEnd() && isBehindAnother(out)) {
                out.append(',');
            }
            switch (token) {
                case FIELD_NAME -> {
                    string(in.currentName().toCharArray(), 0, in.currentName().length(), out);
                    out.append(':');
                }
                case VALUE_STRING -> string(in.getTextCharacters(), in.getTextOffset(), in.getTextLength(), out);
                default -> out.append(in.getText());
            }
            if (out.length() > MAX_LENGTH) {
                throw new ApiException(ErrorCode.TOO_LARGE, "A value has more than " + MAX_LENGTH + " characters");
            }
        } while (depth > 0 && in.nextToken() != null);
    }

    /** A string ends with a quote, so the last character tells. */
    private static boolean isBehindAnother(StringBuilder out) {
        char last = out.length() == 0 ? '[' : out.charAt(out.length() - 1);
        return last != '{' && last != '[' && last != ':';
    }

    /** Most have nothing to escape, and go over as they are. */
    private static void string(char[] text, int from, int length, StringBuilder out) {
        out.append('"');
        if (isPlain(text, from, length)) {
            out.append(text, from, length);
        } else {
            JsonStringEncoder.getInstance().quoteAsString(CharBuffer.wrap(text, from, length), out);
        }
        out.append('"');
    }

    private static boolean isPlain(char[] text, int from, int length) {
        for (int i = from; i < from + length; i++) {
            if (text[i] < ' ' || text[i] == '"' || text[i] == '\\') {
                return false;
            }
        }
        return true;
    }
}
