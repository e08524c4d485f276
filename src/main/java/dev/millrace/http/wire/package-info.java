/**
 * What is between the sockets of the HTTP servers and Vert.x: handlers of Netty that bound what a connection may do, and correct what
 * the HTTP codecs let pass. {@link dev.millrace.http.wire.ServerConnections} adds them to each accepted connection.
 */
@NullMarked
package dev.millrace.http.wire;

import org.jspecify.annotations.NullMarked;
