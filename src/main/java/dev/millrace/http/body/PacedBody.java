package dev.millrace.http.body;

import org.jspecify.annotations.Nullable;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;

import dev.millrace.http.route.RequestMetrics;

/**
 * The body of a large response. It is written in pieces, as fast as the client reads, so that a slow client costs one piece of memory
 * beside what the source holds. A client that reads nothing for too long is disconnected. All methods belong on the event loop of the
 * request.
 */
public final class PacedBody implements AutoCloseable {

    /** Bytes of a piece: a client that reads less than one in the time allowed is disconnected. */
    public static final int PIECE = 32 * 1024;

    private static final int UNKNOWN = -1;
    private static final int CHECKS = 4;

    /** Where the bytes come from. */
    public interface Source {

        /** Returns the next bytes, or null at the end. Not called again before it has completed. */
        Future<@Nullable Buffer> next();

        /** Frees what the source holds; called once, at the end or before it. */
        void close();
    }

    private final Source source;
    private final int length;
    private @Nullable Context context;
    private @Nullable HttpServerRequest request;
    private Runnable closed = () -> {};
    private long maxUnreadMs;
    private long timer = UNKNOWN;
    private boolean waits;
    private int unread;
    private boolean over;

    private PacedBody(Source source, int length) {
        this.source = source;
        this.length = length;
    }

    /** Returns a body that is in memory already. */
    public static PacedBody of(Buffer whole) {
        return new PacedBody(new Source() {
            private int at;

            @Override
            public Future<@Nullable Buffer> next() {
                int from = at;
                at = Math.min(whole.length(), from + PIECE);
                return Future.succeededFuture(at == from ? null : whole.slice(from, at));
            }

            @Override
            public void close() {}
        }, whole.length());
    }

    /** Returns a body of unknown length. */
    public static PacedBody of(Source source) {
        return new PacedBody(source, UNKNOWN);
    }

    /**
     * Says what to respond to.
     *
     * @param maxUnreadMs how long the client may leave a piece unread before it is disconnected
     * @param closed called when the body has been written, or will not be
     */
    public void respondTo(HttpServerRequest answered, long maxUnreadMs, Runnable closed) {
        this.request = answered;
        this.maxUnreadMs = maxUnreadMs;
        this.closed = closed;
    }

    /**
     * Writes the body, and ends the response.
     *
     * @param done called when that is over, or the client has disconnected
     */
    public void write(Runnable done) {
        HttpServerRequest answered = request;
        if (answered == null) {
            throw new IllegalStateException("respondTo() comes first");
        }
        if (over) {
            // The client disconnected before.
            done.run();
            return;
        }
        HttpServerResponse response = answered.response();
        Runnable counted = RequestMetrics.ending();
        Runnable before = closed;
        closed = () -> {
            before.run();
            counted.run();
            done.run();
        };
        if (response.closed()) {
            close();
            return;
        }
        Context home = Vertx.currentContext();
        context = home;
        if (length != UNKNOWN) {
            response.putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(length));
        } else if (answered.version() == HttpVersion.HTTP_1_0) {
            // The end of the connection is the end of the body (RFC 9112, section 6.3).
            response.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        } else {
            response.setChunked(true);
        }
        response.exceptionHandler(broken -> close());
        response.closeHandler(gone -> close());
        timer = home.owner().setPeriodic(Math.max(1, maxUnreadMs / CHECKS), t -> check(response));
        pump(response);
    }

    private void check(HttpServerResponse response) {
        if (waits && ++unread > CHECKS) {
            fail(response);
        }
    }

    private void pump(HttpServerResponse response) {
        if (!over) {
            source.next().onComplete(read -> {
                if (over) {
                    return;
                }
                Buffer piece = read.result();
                if (read.failed()) {
                    fail(response);
                } else if (piece == null) {
                    end(response);
                } else {
                    write(response, piece);
                }
            });
        }
    }

    private void write(HttpServerResponse response, Buffer piece) {
        response.write(piece).onSuccess(left -> unread = 0);
        if (response.writeQueueFull()) {
            waits = true;
            response.drainHandler(drained -> {
                waits = false;
                unread = 0;
                pump(response);
            });
        } else if (context != null) {
            // Others on this event loop have their turn.
            context.runOnContext(turn -> pump(response));
        }
    }

    private void end(HttpServerResponse response) {
        HttpServerRequest answered = request;
        waits = true;
        // The last pieces may still wait for the client: this is no end before they have left.
        response.end().onComplete(sent -> {
            if (length == UNKNOWN && answered != null && answered.version() == HttpVersion.HTTP_1_0) {
                answered.connection().close();
            }
            close();
        });
    }

    /** The length was promised, or the end of the chunks would be taken for the end of the body: so break the response off. */
    private void fail(HttpServerResponse response) {
        close();
        response.reset();
    }

    /** Frees what the body holds, if it has not been written; does nothing after that. */
    @Override
    public void close() {
        if (!over) {
            over = true;
            if (context != null) {
                context.owner().cancelTimer(timer);
            }
            source.close();
            closed.run();
        }
    }
}
