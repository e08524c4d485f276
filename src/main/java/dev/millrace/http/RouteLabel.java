package dev.millrace.http;

import io.vertx.core.Context;
import io.vertx.core.Vertx;

/**
 * The {@code uri} label of a request's metrics. The REST layer sets it to the resource's template; whatever is answered
 * without it must, too, for otherwise the path itself becomes a label, and there is no end of paths.
 */
public final class RouteLabel {

    /** Where the REST layer puts the template for the metrics to find. */
    private static final String LOCAL = "UrlPathTemplate";
    private static final String UNMATCHED = "/unmatched";

    private RouteLabel() {}

    /** Labels the request at hand. */
    public static void set(String template) {
        Context context = Vertx.currentContext();
        if (context != null) {
            context.putLocal(LOCAL, template);
        }
    }

    /** Labels the request at hand unless a resource was found for it. */
    static void setIfUnmatched() {
        Context context = Vertx.currentContext();
        if (context != null && context.getLocal(LOCAL) == null) {
            context.putLocal(LOCAL, UNMATCHED);
        }
    }
}
