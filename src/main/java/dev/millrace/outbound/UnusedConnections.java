package dev.millrace.outbound;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.vertx.core.http.HttpConnection;

/** The open connections of a client on which no request was sent yet. May be used on any thread. */
final class UnusedConnections {

    private final Set<HttpConnection> connections = ConcurrentHashMap.newKeySet();

    void add(HttpConnection connection) {
        connections.add(connection);
    }

    /** Returns whether the connection was unused until now. */
    boolean take(HttpConnection connection) {
        return connections.remove(connection);
    }
}
