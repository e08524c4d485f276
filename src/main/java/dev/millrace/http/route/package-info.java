/**
 * The Vert.x routes in front of the REST layer: checks of paths, request metrics, and fast paths for frequent calls. Start with
 * {@link RouteOrder}, then {@link FastPath}.
 */
@NullMarked
package dev.millrace.http.route;

import org.jspecify.annotations.NullMarked;
