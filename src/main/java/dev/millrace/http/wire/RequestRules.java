package dev.millrace.http.wire;

import static dev.millrace.http.wire.RefusedRequest.invalid;

import java.util.List;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.vertx.core.net.HostAndPort;

import dev.millrace.http.problem.ErrorCode;

/** What RFC 9112 requires of a request line and of the fields that frame a request, beyond what Netty's decoder checks. */
final class RequestRules {

    private static final String CHUNKED = "chunked";
    private static final String NOT_IN_TARGET = "\"#<>\\^`{|}";
    private static final String NOT_IN_PATH = "[]";

    private RequestRules() {}

    /**
     * Checks the three parts of a request line (sections 2.3, 3.1 and 3.2).
     *
     * @throws RefusedRequest if one is not allowed
     */
    static void checkLine(String method, String target, String version) {
        if (!version.equals("HTTP/1.1") && !version.equals("HTTP/1.0")) {
            throw isVersion(version)
                    ? new RefusedRequest(ErrorCode.VERSION_NOT_SUPPORTED, "Send HTTP/1.1 or HTTP/1.0")
                    : invalid("The request line does not end with HTTP/1.1");
        }
        if (method.equals("CONNECT")) {
            throw new RefusedRequest(ErrorCode.NOT_IMPLEMENTED, "CONNECT is not supported");
        }
        checkCharacters(target);
        if (target.charAt(0) != '/' && !(target.equals("*") && method.equals("OPTIONS")) && !isAbsolute(target)) {
            throw invalid("The request target must be a path that begins with /");
        }
    }

    /** Checks that a target is a URI (RFC 3986): the routes behind parse it as one. */
    private static void checkCharacters(String target) {
        boolean query = false;
        for (int i = 0; i < target.length(); i++) {
            char c = target.charAt(i);
            query |= c == '?';
            if (c <= ' ' || c >= 0x7f || NOT_IN_TARGET.indexOf(c) >= 0
                    || !query && NOT_IN_PATH.indexOf(c) >= 0 && target.charAt(0) == '/') {
                throw invalid("Percent-encode characters that a URL cannot contain");
            }
            if (c == '%' && !isEscape(target, i)) {
                throw invalid("Percent-encode % as %25");
            }
        }
    }

    private static boolean isEscape(String target, int at) {
        return at + 2 < target.length() && Character.digit(target.charAt(at + 1), 16) >= 0
                && Character.digit(target.charAt(at + 2), 16) >= 0;
    }

    private static boolean isVersion(String version) {
        return version.length() == 8 && version.startsWith("HTTP/") && isDigit(version.charAt(5))
                && version.charAt(6) == '.' && isDigit(version.charAt(7));
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    /** Proxies send the whole URL; its host replaces that of the Host field (section 3.2.2). */
    private static boolean isAbsolute(String target) {
        int from = target.regionMatches(true, 0, "http://", 0, 7)
                ? 7
                : target.regionMatches(true, 0, "https://", 0, 8) ? 8 : -1;
        if (from < 0) {
            return false;
        }
        int end = from;
        while (end < target.length() && target.charAt(end) != '/' && target.charAt(end) != '?') {
            end++;
        }
        return end > from && isHost(target.substring(from, end));
    }

    /** A host with or without a port. A comma is what a proxy makes of two Host fields. */
    private static boolean isHost(String host) {
        return host.indexOf(',') < 0 && HostAndPort.parseAuthority(host, -1) != null;
    }

    /**
     * Checks {@code Host}, {@code Transfer-Encoding} and {@code Expect} (sections 3.2, 6.1 and 6.3; RFC 9110, section 10.1.1). Netty
     * checks {@code Content-Length}.
     *
     * @throws RefusedRequest if one is not allowed
     */
    static void checkFields(HttpRequest request) {
        HttpHeaders fields = request.headers();
        boolean http11 = request.protocolVersion().equals(HttpVersion.HTTP_1_1);
        List<String> hosts = fields.getAll(HttpHeaderNames.HOST);
        if (hosts.size() > 1 || hosts.isEmpty() && http11) {
            throw invalid("Send exactly one Host");
        }
        if (!hosts.isEmpty() && !hosts.get(0).isEmpty() && !isHost(hosts.get(0))) {
            throw invalid("The Host is malformed");
        }
        if (fields.contains(HttpHeaderNames.TRANSFER_ENCODING)) {
            checkCoding(fields, http11);
        }
        if (http11 && fields.contains(HttpHeaderNames.EXPECT)) {
            for (String expected : fields.getAll(HttpHeaderNames.EXPECT)) {
                if (!HttpHeaderValues.CONTINUE.contentEqualsIgnoreCase(expected)) {
                    throw new RefusedRequest(ErrorCode.EXPECTATION_FAILED, "The only expectation is 100-continue");
                }
            }
        }
    }

    private static void checkCoding(HttpHeaders fields, boolean http11) {
        if (!http11) {
            throw invalid("Transfer-Encoding is not part of HTTP/1.0");
        }
        if (fields.contains(HttpHeaderNames.CONTENT_LENGTH)) {
            throw invalid("Send Content-Length or Transfer-Encoding, not both");
        }
        List<String> values = fields.getAll(HttpHeaderNames.TRANSFER_ENCODING);
        if (values.size() == 1 && values.get(0).equalsIgnoreCase(CHUNKED)) {
            return;
        }
        String[] codings = String.join(",", values).split(",", -1);
        boolean unknown = false;
        for (int i = 0; i < codings.length; i++) {
            String coding = codings[i].split(";", 2)[0].strip();
            boolean chunked = coding.equalsIgnoreCase(CHUNKED);
            if (coding.isEmpty() || chunked && (i < codings.length - 1 || codings[i].indexOf(';') >= 0)) {
                throw invalid("chunked must be the last transfer coding, and be there once");
            }
            unknown |= !chunked;
        }
        if (unknown) {
            throw new RefusedRequest(ErrorCode.NOT_IMPLEMENTED, "The only transfer coding is chunked");
        }
    }
}
