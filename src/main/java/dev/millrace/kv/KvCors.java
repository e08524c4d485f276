package dev.millrace.kv;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

import org.jspecify.annotations.Nullable;

import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;

/**
 * Lets pages of configured origins call {@code /redis} (CORS, https://fetch.spec.whatwg.org/#http-cors-protocol). No response allows
 * credentials, because clients send their key in a header field, so {@code *} is safe.
 */
@Singleton
class KvCors {

    private static final String SETTING = "millrace.kv.cors-origins";
    private static final String ANY = "*";
    private static final String METHODS = "GET, HEAD, POST, PUT";
    private static final String EXPOSED = "upstash-sync-token, retry-after";
    private static final String MAX_AGE_SECONDS = "600";
    /** Names of header fields, in a list. */
    private static final Pattern NAMES = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~, -]{1,1000}");

    private final Set<String> origins;

    KvCors(KvConfig config) {
        origins = config.corsOrigins().orElse(List.of()).stream().map(KvCors::checked).collect(Collectors.toSet());
    }

    /** A bean is made when it is first used; the settings must be refused at the start. */
    void start(@Observes StartupEvent event) {}

    private static String checked(String origin) {
        String lower = origin.strip().toLowerCase(Locale.ROOT);
        if (!lower.equals(ANY) && !isOrigin(lower)) {
            throw new ConfigurationException(SETTING + ": \"" + origin
                    + "\" must be * or an origin such as https://app.example.com, without a path");
        }
        return lower;
    }

    private static boolean isOrigin(String text) {
        try {
            URI uri = URI.create(text);
            return uri.getScheme() != null && uri.getHost() != null && uri.getRawUserInfo() == null
                    && uri.getRawPath().isEmpty() && uri.getRawQuery() == null && uri.getRawFragment() == null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Returns what tells a browser that pages of an origin may read the response; null if they may not. */
    @Nullable
    String allowed(@Nullable String origin) {
        if (origin == null) {
            return null;
        }
        if (origins.contains(ANY)) {
            return ANY;
        }
        return origins.contains(origin.toLowerCase(Locale.ROOT)) ? origin : null;
    }

    /**
     * Adds what a browser needs to the response. Answers a preflight, which has no key.
     *
     * @return whether the request was a preflight
     * @throws KvException 403 for the preflight of another origin
     */
    boolean handle(HttpServerRequest request) {
        if (origins.isEmpty()) {
            return false;
        }
        HttpServerResponse response = request.response();
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        boolean preflight = request.method().equals(HttpMethod.OPTIONS) && origin != null
                && request.headers().contains(HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD);
        response.putHeader(HttpHeaders.VARY, preflight
                ? "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"
                : "Origin");
        String allowed = allowed(origin);
        if (allowed != null) {
            response.putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
        }
        if (!preflight) {
            if (allowed != null) {
                response.putHeader(HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
            }
            return false;
        }
        if (allowed == null) {
            throw new KvException(403, "ERR the origin is not allowed");
        }
        response.putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS, METHODS)
                .putHeader(HttpHeaders.ACCESS_CONTROL_MAX_AGE, MAX_AGE_SECONDS);
        String names = request.getHeader(HttpHeaders.ACCESS_CONTROL_REQUEST_HEADERS);
        if (names != null && NAMES.matcher(names).matches()) {
            response.putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS, names);
        }
        request.resume();
        response.setStatusCode(204).end();
        return true;
    }
}
