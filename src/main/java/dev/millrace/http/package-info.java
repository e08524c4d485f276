/**
 * What the resources of all features share: pages of lists, server-sent events, entity tags and the API description. Start with
 * {@link Page} and {@link EventStreams}.
 */
@NullMarked
package dev.millrace.http;

import org.jspecify.annotations.NullMarked;
