package dev.millrace.http.route;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;

/** The {@code uri} label of a request's metrics: the template of the resource that served it, or a word if none did. */
public final class RouteLabel {

    /** Where the REST layer puts the template of the resource it found. */
    private static final String LOCAL = "UrlPathTemplate";
    private static final String UNMATCHED = "unmatched";
    private static final String GRPC = "grpc";

    private RouteLabel() {}

    /** Labels the request at hand. */
    public static void set(String template) {
        Vertx.currentContext().putLocal(LOCAL, template);
    }

    static String of(Context context, HttpServerRequest request) {
        String template = context.getLocal(LOCAL);
        if (template != null) {
            return template;
        }
        String type = request.getHeader(HttpHeaders.CONTENT_TYPE);
        return type != null && type.startsWith("application/grpc") ? GRPC : UNMATCHED;
    }
}
