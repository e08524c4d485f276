/**
 * Redis over HTTP with the REST protocol of Upstash, in a database of its own. Start with {@link KvRoutes}, which reads
 * requests, and {@link KvService}, which runs their commands.
 */
@NullMarked
package dev.millrace.kv;

import org.jspecify.annotations.NullMarked;
