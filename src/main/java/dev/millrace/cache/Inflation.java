package dev.millrace.cache;

import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;

import org.jspecify.annotations.Nullable;

import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;

import dev.millrace.http.body.PacedBody;

/** Inflates a body in pieces, on a worker thread. */
final class Inflation implements PacedBody.Source {

    private final Buffer gzip;
    private final int max;
    private final WorkerExecutor workers;
    private final Runnable closed;
    private @Nullable GZIPInputStream stream;
    private int count;
    private boolean busy;
    private boolean over;

    /**
     * @param max bytes that the body may have; a longer one fails
     * @param closed called once, when nothing is held any more
     */
    Inflation(Buffer gzip, int max, WorkerExecutor workers, Runnable closed) {
        this.gzip = gzip;
        this.max = max;
        this.workers = workers;
        this.closed = closed;
    }

    @Override
    public Future<@Nullable Buffer> next() {
        busy = true;
        return workers.executeBlocking(this::inflate, false).onComplete(done -> {
            busy = false;
            if (over) {
                free();
            }
        });
    }

    private @Nullable Buffer inflate() throws IOException {
        GZIPInputStream in = stream;
        if (in == null) {
            in = open(gzip);
            stream = in;
        }
        byte[] piece = new byte[PacedBody.PIECE];
        int n = in.readNBytes(piece, 0, piece.length);
        count += n;
        if (count > max) {
            throw new IOException("inflates to more than " + max + " bytes");
        }
        return n == 0 ? null : Buffer.buffer(n).appendBytes(piece, 0, n);
    }

    @Override
    public void close() {
        over = true;
        if (!busy) {
            free();
        }
    }

    private void free() {
        try {
            if (stream != null) {
                stream.close();
            }
        } catch (IOException e) {
            // It reads from memory, and frees what it holds in any case.
        } finally {
            closed.run();
        }
    }

    /** Returns a stream of the inflated bytes, which must be closed. */
    static GZIPInputStream open(Buffer gzip) throws IOException {
        return new GZIPInputStream(new InputStream() {
            private int at;

            @Override
            public int read() {
                return at < gzip.length() ? gzip.getByte(at++) & 0xff : -1;
            }

            @Override
            public int read(byte[] bytes, int from, int length) {
                int n = Math.min(length, gzip.length() - at);
                if (n <= 0) {
                    return length == 0 ? 0 : -1;
                }
                gzip.getBytes(at, at + n, bytes, from);
                at += n;
                return n;
            }

            @Override
            public int available() {
                return gzip.length() - at;
            }
        });
    }
}
