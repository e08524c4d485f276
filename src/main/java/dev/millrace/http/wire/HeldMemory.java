package dev.millrace.http.wire;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Bytes of memory that one connection takes, by estimate: see {@link ConnectionMemory}. The constants were measured with thousands of
 * idle connections and waiting requests. Written on the event loop of the connection, read by any thread.
 */
final class HeldMemory {

    /** A connection without requests. */
    static final int CONNECTION = 2 * 1024;
    /** What TLS takes in addition, and what HTTP/2 does. */
    static final int TLS = 32 * 1024;
    static final int HTTP2 = 5 * 1024;
    /** A request without what the client sent: 4 KB while it waits, 7 KB while its response waits for the client. */
    static final int REQUEST = 8 * 1024;
    /** A header field, in addition to its characters. */
    static final int FIELD = 128;
    /** Of a larger body, {@link dev.millrace.http.body.RequestBodies} counts the bytes. */
    static final int COUNTED_BODY = 16 * 1024;

    /** Connections that take less are all the same. */
    private static final long SMALL = 16 * 1024;

    private final ConnectionMemory all;
    private final Runnable close;
    /** Oldest first. */
    private final Set<OpenRequest> requests = new LinkedHashSet<>();
    private long partial;
    private long partialSince;
    private volatile long held;
    private volatile long since;
    private volatile boolean closing;
    private boolean gone;

    /** @param close closes the connection; called by any thread */
    HeldMemory(ConnectionMemory all, Runnable close) {
        this.all = all;
        this.close = close;
        this.since = System.nanoTime();
    }

    /** A request that is not answered, or whose body has not arrived completely. */
    static final class OpenRequest {
        private final long started = System.nanoTime();
        private long bytes = REQUEST;
        private int body;
    }

    void opened(int bytes) {
        all.opened(this);
        takes(bytes);
    }

    /** The connection takes so many bytes more until it is closed. */
    void takes(long bytes) {
        add(bytes);
    }

    /** So many bytes have arrived of something that is not complete. */
    void partial(long bytes) {
        if (bytes != partial) {
            if (partial == 0) {
                partialSince = System.nanoTime();
            }
            long difference = bytes - partial;
            partial = bytes;
            add(difference);
        }
    }

    /** The head of a request has arrived, and takes so many bytes. */
    OpenRequest begin(long head) {
        OpenRequest request = new OpenRequest();
        request.bytes += head;
        requests.add(request);
        add(request.bytes);
        return request;
    }

    /** So many bytes of the body have arrived. */
    void body(OpenRequest request, int bytes) {
        int counted = Math.min(bytes, COUNTED_BODY - request.body);
        if (counted > 0) {
            request.body += counted;
            request.bytes += counted;
            add(counted);
        }
    }

    /** The request takes so many bytes more until its end. */
    void more(OpenRequest request, long bytes) {
        request.bytes += bytes;
        add(bytes);
    }

    void end(OpenRequest request) {
        if (requests.remove(request)) {
            add(-request.bytes);
        }
    }

    /** The connection is closed. */
    void closed() {
        all.closed(this);
        requests.clear();
        partial = 0;
        add(-held);
        gone = true;
    }

    private void add(long difference) {
        if (gone) {
            return;
        }
        if (!requests.isEmpty()) {
            long oldest = requests.iterator().next().started;
            since = partial > 0 && partialSince - oldest < 0 ? partialSince : oldest;
        } else {
            since = partial > 0 ? partialSince : System.nanoTime();
        }
        boolean isClosing;
        synchronized (this) {
            held += difference;
            isClosing = closing;
        }
        all.changed(difference, isClosing);
    }

    /** Returns 0 for all small connections, and one more for each doubling. */
    int sizeClass() {
        return 64 - Long.numberOfLeadingZeros(held / SMALL);
    }

    /** Returns when the oldest request began, or the last one ended, by {@link System#nanoTime}. */
    long since() {
        return since;
    }

    boolean isClosing() {
        return closing;
    }

    /** Closes the connection, and returns how many bytes this will free. */
    long closeForMemory() {
        long freed;
        synchronized (this) {
            closing = true;
            freed = held;
        }
        close.run();
        return freed;
    }
}
