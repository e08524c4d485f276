package dev.millrace.http.body;

import java.util.Arrays;

import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.config.inject.ConfigProperty;

import io.quarkus.runtime.configuration.MemorySize;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;

import dev.millrace.http.problem.ApiException;
import dev.millrace.http.problem.ErrorCode;
import dev.millrace.http.route.LingeringClose;
import dev.millrace.memory.FairBudget;
import dev.millrace.memory.MemoryBudgets;

/**
 * Reads bodies of requests, each into one array. All of them together have a budget of memory: a body that announces its length takes it
 * from the budget before it is read, another one as it arrives. Bodies of up to {@value #SMALL} bytes do not count, so that a few large
 * ones do not harm the many small ones.
 */
@ApplicationScoped
public class RequestBodies {

    /** Bytes up to which a body is not counted. */
    public static final int SMALL = 16 * 1024;

    private final FairBudget budget;
    private final long maxBytes;

    RequestBodies(MemoryBudgets budgets,
            @ConfigProperty(name = "quarkus.http.limits.max-body-size") MemorySize maxBytes) {
        this.budget = budgets.requests();
        this.maxBytes = maxBytes.asLongValue();
    }

    /**
     * Reads the body of a request that is paused.
     *
     * @param owner the id of the API key whose part of the budget the body takes; empty without one
     * @param max bytes of a body here; no more than the service accepts anywhere
     * @return fails with 413 if the body is too large and with 503 if the budget is used up, both before the rest is read; then the
     *         caller only has to respond. Fails with 400 if the client disconnects
     */
    public Future<RequestBody> read(HttpServerRequest request, String owner, long max) {
        long bound = Math.min(max, maxBytes);
        String header = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        long length = header == null ? -1 : Long.parseLong(header);
        FairBudget.Share share = budget.share(owner);
        if (length > bound) {
            return refused(request, tooLarge(bound));
        }
        if (length > SMALL && !share.take(length)) {
            return refused(request, overloaded());
        }
        return new Reading(request, bound, length, share).start();
    }

    private Future<RequestBody> refused(HttpServerRequest request, ApiException problem) {
        LingeringClose.after(request);
        return Future.failedFuture(problem);
    }

    private static ApiException tooLarge(long bound) {
        return new ApiException(ErrorCode.TOO_LARGE, "The body must have at most " + bound + " bytes");
    }

    private static ApiException overloaded() {
        return new ApiException(ErrorCode.OVERLOADED,
                "The service is busy with large bodies: send this one again, or fewer at once");
    }

    private static final class Reading {
        private final HttpServerRequest request;
        private final long bound;
        /** The announced length, or the bound. */
        private final long longest;
        private final FairBudget.Share share;
        private final Promise<RequestBody> done = Promise.promise();
        private byte[] bytes;
        private int count;
        private boolean over;

        Reading(HttpServerRequest request, long bound, long length, FairBudget.Share share) {
            this.request = request;
            this.bound = bound;
            this.longest = length >= 0 ? length : bound;
            this.share = share;
            // A small body that was only announced takes nothing.
            this.bytes = new byte[length > SMALL ? (int) length : 0];
        }

        Future<RequestBody> start() {
            if ("100-continue".equalsIgnoreCase(request.getHeader(HttpHeaders.EXPECT))) {
                request.response().writeContinue();
            }
            request.exceptionHandler(broken -> {
                over = true;
                share.close();
                done.tryFail(ApiException.invalid("", "The client has disconnected"));
            });
            request.handler(this::add);
            request.endHandler(end -> {
                if (!over) {
                    done.tryComplete(
                            new RequestBody(count == bytes.length ? bytes : Arrays.copyOf(bytes, count), share));
                }
            });
            request.resume();
            return done.future();
        }

        private void add(Buffer chunk) {
            if (over) {
                return;
            }
            int needed = count + chunk.length();
            if (needed > bound) {
                refuse(tooLarge(bound));
            } else if (needed <= bytes.length || grown(needed)) {
                chunk.getBytes(bytes, count);
                count = needed;
            } else {
                refuse(overloaded());
            }
        }

        private boolean grown(int needed) {
            int size = (int) Math.max(needed, Math.min(longest, 2L * bytes.length));
            // What is in use and what is being copied: at the end, no more than the body and as much again.
            if (size > SMALL && !share.take(size - (bytes.length > SMALL ? bytes.length : 0))) {
                return false;
            }
            bytes = Arrays.copyOf(bytes, size);
            return true;
        }

        private void refuse(ApiException problem) {
            over = true;
            bytes = new byte[0];
            share.close();
            request.exceptionHandler(broken -> {});
            LingeringClose.after(request);
            done.tryFail(problem);
        }
    }
}
