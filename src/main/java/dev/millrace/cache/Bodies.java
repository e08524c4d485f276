package dev.millrace.cache;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

import jakarta.inject.Singleton;

import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;

import dev.millrace.encoding.Digests;
import dev.millrace.http.problem.ApiException;
import dev.millrace.http.problem.ErrorCode;

/**
 * Digests, compresses and inflates bodies. Large bodies are processed on a worker thread, so that they do not block the event loop. A
 * body that would inflate beyond the bound is refused before it is stored, so that serving it cannot fail.
 */
@Singleton
class Bodies {

    /** Bytes up to which the event loop is faster than a switch to a worker thread. */
    private static final int SMALL = 16 * 1024;
    private static final int ETAG_BYTES = 15;

    private final Vertx vertx;
    private final int maxInflated;

    Bodies(Vertx vertx, CacheConfig config) {
        this.vertx = vertx;
        this.maxInflated = config.maxInflatedBytes();
    }

    /**
     * Prepares a body for storing.
     *
     * @param gzip whether the body was sent compressed; it is stored as sent then
     * @param compressAbove bytes above which the body is compressed, if that makes it smaller
     * @return fails with 400 if the body is not gzip as claimed, 413 if it inflates beyond the bound
     */
    Uni<PreparedBody> prepare(Buffer body, String type, boolean gzip, int compressAbove) {
        return work(body, () -> {
            byte[] bytes = body.getBytes();
            if (gzip) {
                return new PreparedBody(BodyCoding.GZIP, etag(inflate(bytes), type), body);
            }
            String etag = etag(bytes, type);
            byte[] smaller = bytes.length > compressAbove ? compress(bytes) : bytes;
            return smaller.length < bytes.length
                    ? new PreparedBody(BodyCoding.GZIP, etag, Buffer.buffer(smaller))
                    : new PreparedBody(BodyCoding.IDENTITY, etag, body);
        });
    }

    /** Inflates a body that is stored compressed. */
    Uni<Buffer> inflated(Buffer body) {
        return work(body, () -> Buffer.buffer(inflate(body.getBytes())));
    }

    private <T> Uni<T> work(Buffer body, java.util.concurrent.Callable<T> work) {
        if (body.length() <= SMALL) {
            return Uni.createFrom().item(() -> call(work));
        }
        return Uni.createFrom().emitter(emitter -> vertx.executeBlocking(work, false).onComplete(done -> {
            if (done.succeeded()) {
                emitter.complete(done.result());
            } else {
                emitter.fail(done.cause());
            }
        }));
    }

    private static <T> T call(java.util.concurrent.Callable<T> work) {
        try {
            return work.call();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** The tag depends on the content type too: the same bytes with another type are another representation. */
    private static String etag(byte[] bytes, String type) {
        byte[] digest = Digests.sha256(bytes);
        return Digests.base64url(Digests.sha256(Digests.base64url(digest, 32) + type), ETAG_BYTES);
    }

    private static byte[] compress(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length / 2 + 64);
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return out.toByteArray();
    }

    private byte[] inflate(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length * 3);
        byte[] chunk = new byte[8192];
        try (GZIPInputStream gzip = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
            for (int n = gzip.read(chunk); n >= 0; n = gzip.read(chunk)) {
                if (out.size() + n > maxInflated) {
                    throw new ApiException(ErrorCode.TOO_LARGE,
                            "The body inflates to more than " + maxInflated + " bytes");
                }
                out.write(chunk, 0, n);
            }
        } catch (IOException e) {
            throw ApiException.invalid("", "The body is not gzip, as its Content-Encoding says");
        }
        return out.toByteArray();
    }
}
