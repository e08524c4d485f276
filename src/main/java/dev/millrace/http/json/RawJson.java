package dev.millrace.http.json;

import java.io.IOException;
import java.nio.CharBuffer;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonStringEncoder;

import dev.millrace.http.problem.ApiException;
import dev.millrace.http.problem.ErrorCode;
import dev.millrace.http.problem.InvalidJsonException;

/** Copies JSON as text: compact, each string written in one way, and each number as it was. */
public final class RawJson {

    /** Most characters of a value. A longer one is not read to its end, whatever bound it has itself. */
    private static final int MAX_LENGTH = 1 << 20;

    private RawJson() {}

    /** Returns the value that the parser is at, and leaves the parser at the last token of the value. */
    static String read(JsonParser in, int maxDepth) throws IOException {
        StringBuilder out = new StringBuilder(128);
        copy(in, out, maxDepth);
        String result = out.toString();
        if (!Unicode.isWellFormed(result)) {
            throw new InvalidJsonException(in, "must be well-formed Unicode");
        }
        return result;
    }

    /** Jackson's own copy would parse numbers and write them anew, and a generator per value costs more than the value. */
    private static void copy(JsonParser in, StringBuilder out, int maxDepth) throws IOException {
        int depth = 0;
        do {
            JsonToken token = in.currentToken();
            if (token.isStructStart() && ++depth > maxDepth) {
                throw new InvalidJsonException(in, "must not be nested deeper than " + maxDepth + " levels");
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

    /** The last character decides, because a string ends with a quote. */
    private static boolean isBehindAnother(StringBuilder out) {
        char last = out.length() == 0 ? '[' : out.charAt(out.length() - 1);
        return last != '{' && last != '[' && last != ':';
    }

    /** Most strings have nothing to escape and are copied as they are. */
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
