package dev.millrace.http.route;

import io.quarkus.vertx.http.runtime.RouteConstants;

/**
 * The order of all Vert.x routes of the service, first to last. A route sees a request only if those before it passed it on. Quarkus'
 * own limit of the body size stands at {@link RouteConstants#ROUTE_ORDER_UPLOAD_LIMIT}, its compression at 0, and the REST layer
 * far behind both.
 */
public enum RouteOrder {

    /** First, so that it times and counts every request, whichever route serves it. */
    METRICS(Integer.MIN_VALUE),

    /** In front of all routes that may read a body. */
    SLOW_BODIES(Integer.MIN_VALUE + 1),

    /**
     * {@code /redis}, in front of the service's own checks: there any path is a command and has a size limit of its own, and errors
     * have the shape of the Upstash protocol.
     */
    REDIS_OVER_HTTP(RouteConstants.ROUTE_ORDER_UPLOAD_LIMIT - 5),

    /** In front of the checks of paths and bodies: a gate is stricter than they are, and what it declines goes on to them. */
    FAST_PATHS(RouteConstants.ROUTE_ORDER_UPLOAD_LIMIT - 4),

    /** In front of the body limit: an ambiguous path is refused without looking at what comes with it. */
    STRICT_PATHS(RouteConstants.ROUTE_ORDER_UPLOAD_LIMIT - 2),

    /** Just in front of Quarkus' own limit and failure handler, which respond with an empty body. */
    BODY_LIMIT(RouteConstants.ROUTE_ORDER_UPLOAD_LIMIT - 1),

    /** Behind all that refuses, in front of the REST layer, whose check of media types it corrects. */
    BODILESS_REQUESTS(RouteConstants.ROUTE_ORDER_UPLOAD_LIMIT);

    private final int order;

    RouteOrder(int order) {
        this.order = order;
    }

    /** Returns the order as Vert.x takes it: lower numbers come first. */
    public int order() {
        return order;
    }
}
