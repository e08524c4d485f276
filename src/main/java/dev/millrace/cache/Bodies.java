package dev.millrace.cache;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.concurrent.Callable;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

import jakarta.inject.Singleton;

import org.jspecify.annotations.Nullable;

import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;

import dev.millrace.encoding.Digests;
import dev.millrace.http.body.PacedBody;
import dev.millrace.http.problem.ApiException;
import dev.millrace.http.problem.ErrorCode;
import dev.millrace.memory.FairBudget;

/**
 * Digests, compresses and inflates bodies. Large ones are processed on worker threads of this class, which are half as many as there are
 * processors, so that they block no event loop and leave processors to other requests. A large body is inflated while it is sent and is
 * never in memory as a whole. A body that would inflate beyond the bound is refused before it is stored, so that serving it cannot fail.
 */
@Singleton
class Bodies {

    /** Bytes up to which the event loop is faster than a switch to a worker thread. */
    private static final int SMALL = 16 * 1024;
    /** Inflated bytes up to which a body is sent as a whole. */
    static final int WHOLE = 64 * 1024;
    private static final int GZIP_TRAILER = 4;
    private static final int ETAG_BYTES = 15;
    private static final int CHUNK = 8192;

    private final WorkerExecutor workers;
    private final int maxInflated;
    private final FairBudget inflations;

    Bodies(Vertx vertx, CacheConfig config) {
        this.workers = vertx.createSharedWorkerExecutor("millrace-bodies",
                Math.max(1, Runtime.getRuntime().availableProcessors() / 2));
        this.maxInflated = config.maxInflatedBytes();
        this.inflations = new FairBudget(config.maxInflations());
    }

    /**
     * Prepares a body for storing.
     *
     * @param gzip whether the body was sent compressed; it is stored as sent then
     * @param compressAbove bytes above which the body is compressed, if that makes it smaller
     * @return fails with 400 if the body is not gzip as claimed, 413 if it inflates beyond the bound
     */
    Uni<PreparedBody> prepare(byte[] body, String type, boolean gzip, int compressAbove) {
        // A few bytes of gzip may inflate to a thousand times as many.
        // An empty body is not gzip, but some servers label it so.
        boolean packed = gzip && body.length > 0;
        return work(packed || body.length > SMALL, () -> {
            if (packed) {
                return new PreparedBody(BodyCoding.GZIP, etag(digestOfInflated(new ByteArrayInputStream(body)), type),
                        body);
            }
            String etag = etag(Digests.sha256(body), type);
            byte[] smaller = body.length > compressAbove ? compressed(body) : null;
            return smaller == null
                    ? new PreparedBody(BodyCoding.IDENTITY, etag, body)
                    : new PreparedBody(BodyCoding.GZIP, etag, smaller);
        });
    }

    /**
     * Inflates a body to send it.
     *
     * @param owner the id of the API key that it is for
     * @return bytes, or a {@link PacedBody} of a large body
     * @throws ApiException 503 if as many bodies are being inflated as may be, in all or for one key
     */
    Object inflated(Buffer body, String owner) {
        byte[] whole = mayInflateTo(body) <= WHOLE ? inflated(body, WHOLE) : null;
        if (whole != null) {
            return whole;
        }
        FairBudget.Share place = inflations.share(owner);
        if (!place.take(1)) {
            throw new ApiException(ErrorCode.OVERLOADED,
                    "As many compressed entries are being inflated as may be: accept gzip, or try again");
        }
        return PacedBody.of(new Inflation(body, maxInflated, workers, place::close));
    }

    /** Inflates a body; null if that has more than {@code max} bytes. */
    Uni<byte @Nullable []> inflatedUpTo(Buffer body, int max) {
        return work(mayInflateTo(body) > WHOLE, () -> inflated(body, max));
    }

    /** Fails with 400 if the body is not gzip, 413 if it inflates beyond the bound. */
    Uni<Void> check(Buffer body) {
        return work(true, () -> digestOfInflated(Inflation.open(body))).replaceWithVoid();
    }

    /** What the end of a gzip says, and at least its own length. Whoever made it may have lied, so it bounds nothing. */
    private static long mayInflateTo(Buffer body) {
        int length = body.length();
        return length < GZIP_TRAILER ? length : Math.max(length, body.getUnsignedIntLE(length - GZIP_TRAILER));
    }

    private <T extends @Nullable Object> Uni<T> work(boolean large, Callable<T> work) {
        if (!large) {
            return Uni.createFrom().item(() -> call(work));
        }
        return Uni.createFrom().emitter(emitter -> workers.executeBlocking(work, false).onComplete(done -> {
            if (done.succeeded()) {
                emitter.complete(done.result());
            } else {
                emitter.fail(done.cause());
            }
        }));
    }

    private static <T extends @Nullable Object> T call(Callable<T> work) {
        try {
            return work.call();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** The tag depends on the content type too: the same bytes with another type are another representation. */
    private static String etag(byte[] digest, String type) {
        return Digests.base64url(Digests.sha256(Digests.base64url(digest, digest.length) + type), ETAG_BYTES);
    }

    /** Returns the compressed body; null if it is not smaller. */
    private static byte @Nullable [] compressed(byte[] body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(body.length / 4 + 64);
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            for (int at = 0; at < body.length && out.size() < body.length; at += CHUNK) {
                gzip.write(body, at, Math.min(CHUNK, body.length - at));
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return out.size() < body.length ? out.toByteArray() : null;
    }

    private byte[] digestOfInflated(InputStream body) {
        MessageDigest digest = Digests.newSha256();
        byte[] chunk = new byte[CHUNK];
        long count = 0;
        try (InputStream gzip = body instanceof GZIPInputStream ? body : new GZIPInputStream(body)) {
            for (int n = gzip.read(chunk); n >= 0; n = gzip.read(chunk)) {
                count += n;
                if (count > maxInflated) {
                    throw new ApiException(ErrorCode.TOO_LARGE,
                            "The body inflates to more than " + maxInflated + " bytes");
                }
                digest.update(chunk, 0, n);
            }
        } catch (IOException e) {
            throw notGzip();
        }
        return digest.digest();
    }

    private static byte @Nullable [] inflated(Buffer body, int max) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(Math.min(max, body.length() * 3));
        byte[] chunk = new byte[CHUNK];
        try (GZIPInputStream gzip = Inflation.open(body)) {
            for (int n = gzip.read(chunk); n >= 0; n = gzip.read(chunk)) {
                if (out.size() + n > max) {
                    return null;
                }
                out.write(chunk, 0, n);
            }
        } catch (IOException e) {
            throw notGzip();
        }
        return out.toByteArray();
    }

    private static ApiException notGzip() {
        return ApiException.invalid("", "The body is not gzip, as its Content-Encoding says");
    }
}
