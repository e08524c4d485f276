package dev.millrace.http.route;

import org.jspecify.annotations.Nullable;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;

/**
 * Decides by method, path and header fields whether a request may take a {@link FastPath}. What passes needs no decoding, no check
 * of its path and no content negotiation. Runs for every request, so it compares characters and allocates nothing.
 *
 * <p>A template has up to two parameters. The first is a name as {@link dev.millrace.redis.Keys#isName} has it, the second, which
 * ends the path, an identifier of up to {@value #MAX_IDENTIFIER} plain characters. Neither begins with a dot, because {@code .} and
 * {@code ..} are not names but steps in a path.
 */
final class Gate {

    private static final int MAX_NAME = 64;
    private static final int MAX_IDENTIFIER = 128;

    private final HttpMethod method;
    /** All in front of the first parameter, or the whole path. */
    private final String prefix;
    /** What follows the first parameter; {@code /} if that is the second one. */
    private final String suffix;
    private final boolean hasName;
    private final boolean hasIdentifier;
    private final boolean json;
    private final boolean body;

    /**
     * @param json whether the response is JSON, so that a client that accepts only JSON passes
     * @param body whether a request has a JSON body; otherwise it must have none
     */
    Gate(HttpMethod method, String template, boolean json, boolean body) {
        this.method = method;
        int open = template.indexOf('{');
        this.hasName = open >= 0;
        this.prefix = hasName ? template.substring(0, open) : template;
        String rest = hasName ? template.substring(template.indexOf('}') + 1) : "";
        this.hasIdentifier = rest.indexOf('{') == 1;
        this.suffix = hasIdentifier ? "/" : rest;
        this.json = json;
        this.body = body;
        if (hasName && suffix.isEmpty() || suffix.indexOf('{') >= 0 || hasIdentifier && !rest.endsWith("}")) {
            throw new IllegalArgumentException(template);
        }
    }

    /** Whether this is the gate of a method and path. The path is as it was sent. */
    boolean matches(HttpMethod method, String path) {
        if (!path.startsWith(prefix) || !this.method.equals(method)) {
            return false;
        }
        if (!hasName) {
            return path.length() == prefix.length();
        }
        int end = nameEnd(path);
        return end > 0 && path.startsWith(suffix, end)
                && (hasIdentifier
                        ? isPlain(path, end + 1, path.length(), MAX_IDENTIFIER, true)
                        : path.length() == end + suffix.length())
                && isPlain(path, prefix.length(), end, MAX_NAME, false);
    }

    private int nameEnd(String path) {
        return path.indexOf('/', prefix.length());
    }

    /** Returns the first parameter of a path that matches; null if the template has none. */
    @Nullable
    String name(String path) {
        return hasName ? path.substring(prefix.length(), nameEnd(path)) : null;
    }

    /** Returns the second parameter of a path that matches; null if the template has none. */
    @Nullable
    String identifier(String path) {
        return hasIdentifier ? path.substring(nameEnd(path) + 1) : null;
    }

    private static boolean isPlain(String path, int from, int to, int max, boolean identifier) {
        if (to == from || to - from > max || path.charAt(from) == '.') {
            return false;
        }
        for (int i = from; i < to; i++) {
            char c = path.charAt(i);
            if (!(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c == '-' || c == '_'
                    || c == '.' || identifier && (c == '@' || c == '~'))) {
                return false;
            }
        }
        return true;
    }

    /**
     * Whether a request whose method and path match is an ordinary one: with a host, at most one key, no query, an {@code Accept} that
     * needs no negotiation, and a body if, and only if, there is to be one.
     */
    boolean passes(HttpServerRequest request, long maxBodySize) {
        if (request.query() != null || request.authority() == null
                || request.headers().getAll(HttpHeaders.AUTHORIZATION).size() > 1) {
            return false;
        }
        String accept = request.getHeader(HttpHeaders.ACCEPT);
        if (accept != null && !accept.equals("*/*") && !(json && accept.equals("application/json"))) {
            return false;
        }
        return body ? hasPlainJson(request, maxBodySize) : !hasBody(request);
    }

    /** Whether the request has a body, or may have one: under HTTP/2 it need not announce it. */
    static boolean hasBody(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        return length != null && !length.equals("0") || request.headers().contains(HttpHeaders.TRANSFER_ENCODING)
                || request.version() == HttpVersion.HTTP_2;
    }

    /** Whether the body is JSON of a known length within the bound, without encoding, and the client sends it unasked. */
    private static boolean hasPlainJson(HttpServerRequest request, long maxBodySize) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        if (length == null || !"application/json".equals(request.getHeader(HttpHeaders.CONTENT_TYPE))
                || request.headers().contains(HttpHeaders.CONTENT_ENCODING)
                || request.headers().contains(HttpHeaders.EXPECT)) {
            return false;
        }
        long bytes = Long.parseLong(length);
        return bytes > 0 && bytes <= maxBodySize;
    }
}
