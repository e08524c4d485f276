package dev.millrace.http.wire;

import java.util.Map;

import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;

/**
 * What RFC 9113 requires of the fields of a request (sections 8.2.1 and 8.3.1), beyond what Netty checks. A request that breaks a rule is
 * malformed: its stream is reset, and the others of the connection go on. Fields with line breaks would change the meaning of what a
 * proxy, a log or a client of HTTP/1 makes of them. Blanks around a value are harmless, and allowed: a client whose key is empty sends
 * {@code "Bearer "}, and should learn that from a response.
 */
final class Http2Rules {

    private static final String TOKEN = "!#$%&'*+-.^_`|~";

    private Http2Rules() {}

    /**
     * Checks the fields of a head, or of a trailer.
     *
     * @throws Http2Exception if one is not allowed
     */
    static void check(int streamId, Http2Headers fields) throws Http2Exception {
        for (Map.Entry<CharSequence, CharSequence> field : fields) {
            CharSequence name = field.getKey();
            CharSequence value = field.getValue();
            boolean pseudo = name.length() > 0 && name.charAt(0) == ':';
            if (!isToken(name, pseudo ? 1 : 0)) {
                throw malformed(streamId, "The name of a field is malformed");
            }
            if (!isValue(value)) {
                throw malformed(streamId, "The value of a field is malformed");
            }
            if (pseudo) {
                checkPseudo(streamId, name, value);
            }
        }
    }

    private static void checkPseudo(int streamId, CharSequence name, CharSequence value) throws Http2Exception {
        if (AsciiString.contentEquals(name, ":method") && !isToken(value, 0)) {
            throw malformed(streamId, "The method is malformed");
        }
        if (AsciiString.contentEquals(name, ":scheme") && !AsciiString.contentEquals(value, "http")
                && !AsciiString.contentEquals(value, "https")) {
            throw malformed(streamId, "The scheme must be http or https");
        }
        if (AsciiString.contentEquals(name, ":path") && !isPath(value)) {
            throw malformed(streamId, "The path must begin with / and contain no blanks");
        }
    }

    private static boolean isToken(CharSequence text, int from) {
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || TOKEN.indexOf(c) >= 0)) {
                return false;
            }
        }
        return text.length() > from;
    }

    private static boolean isValue(CharSequence value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c < ' ' && c != '\t' || c == 0x7f) {
                return false;
            }
        }
        return true;
    }

    private static boolean isPath(CharSequence path) {
        if (path.length() == 0 || path.charAt(0) != '/' && !AsciiString.contentEquals(path, "*")) {
            return false;
        }
        for (int i = 0; i < path.length(); i++) {
            if (path.charAt(i) <= ' ' || path.charAt(i) == 0x7f) {
                return false;
            }
        }
        return true;
    }

    private static Http2Exception malformed(int streamId, String what) {
        return Http2Exception.streamError(streamId, Http2Error.PROTOCOL_ERROR, what);
    }
}
