package dev.millrace.http.route;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.Router;

/**
 * A request without a body has no media type, but some clients send one all the same: that is no reason for a 415. An entry of
 * the cache is another matter: it may well have a type and no bytes.
 */
@ApplicationScoped
public class BodilessRequests {

    private static final String CACHE = "/v1/cache/";

    void register(@Observes Router router) {
        router.route("/v1/*").method(HttpMethod.POST).method(HttpMethod.PUT).order(RouteOrder.BODILESS_REQUESTS.order())
                .handler(context -> {
                    HttpServerRequest request = context.request();
                    if (!hasBody(request) && !request.path().startsWith(CACHE)) {
                        request.headers().remove(HttpHeaders.CONTENT_TYPE);
                    }
                    context.next();
                });
    }

    /** Whether the request has a body, or may have: under HTTP/2 it need not say so beforehand. */
    public static boolean hasBody(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        return length != null && !length.equals("0") || request.headers().contains(HttpHeaders.TRANSFER_ENCODING)
                || request.version() == HttpVersion.HTTP_2;
    }

    /** Whether the request has no host, or several credentials: the REST layer says what becomes of it. */
    public static boolean isUnusual(HttpServerRequest request) {
        return request.authority() == null || request.headers().getAll(HttpHeaders.AUTHORIZATION).size() > 1;
    }

    /** Whether the answer may be JSON without a look at what else the caller accepts. */
    public static boolean acceptsJson(HttpServerRequest request) {
        String accept = request.getHeader(HttpHeaders.ACCEPT);
        return accept == null || accept.equals("*/*") || accept.equals("application/json");
    }
}
