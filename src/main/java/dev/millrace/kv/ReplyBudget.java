package dev.millrace.kv;

import org.jspecify.annotations.Nullable;

import io.vertx.redis.client.Response;
import io.vertx.redis.client.ResponseType;

import dev.millrace.redis.CommandOutcome;
import dev.millrace.redis.link.BoundedReplies;

/** The memory that the replies to one request may use. A reply that does not fit is dropped when it arrives. */
final class ReplyBudget {

    /** Memory of a value in addition to its bytes. */
    static final int PER_VALUE = BoundedReplies.PER_VALUE;
    /** More than fits. Several of them can be added. */
    private static final long CUT = 1L << 40;
    /** Deeper replies are refused when they are written. */
    private static final int MAX_DEPTH = 1000;

    private final long maxBytes;
    private final ReplyMemory memory;
    private long taken;
    private boolean passed;
    private boolean released;

    /** @param maxBytes maximum size of all replies together */
    ReplyBudget(long maxBytes, ReplyMemory memory) {
        this.maxBytes = maxBytes;
        this.memory = memory;
    }

    /** Gives the memory back, when the response is written or its client has disconnected. Replies that come later are dropped. */
    synchronized void release() {
        memory.give(taken);
        taken = 0;
        released = true;
    }

    /** Returns whether a reply was left out. */
    synchronized boolean isPassed() {
        return passed;
    }

    /** Returns whether that many more bytes fit. */
    synchronized boolean has(long bytes) {
        return !released && taken + bytes <= maxBytes;
    }

    /** Returns the outcome if its reply fits, else an error that says that the reply is left out. */
    synchronized CommandOutcome admit(CommandOutcome outcome) {
        if (outcome.failure() != null && !isCut(outcome.failure())) {
            return outcome;
        }
        long size = outcome.failure() != null ? CUT : size(outcome.reply());
        if (!has(size)) {
            passed = true;
            return new CommandOutcome(null, new KvException("ERR the command was run, but its reply is left out: "
                    + "the replies to a request may have at most " + maxBytes + " bytes"));
        }
        taken += size;
        memory.take(size);
        return outcome;
    }

    private static boolean isCut(Throwable failure) {
        return failure instanceof Response error && BoundedReplies.isCut(error);
    }

    /** Returns the outcome of commands that were not sent. */
    CommandOutcome notRun() {
        return new CommandOutcome(null, new KvException("ERR the command was not run: "
                + "the replies to the commands before it have more than " + maxBytes + " bytes"));
    }

    /** Returns the size of a reply: the bytes of its strings, and {@link #PER_VALUE} for each value. */
    static long size(@Nullable Response reply) {
        return size(reply, 0);
    }

    private static long size(@Nullable Response reply, int depth) {
        if (reply == null || depth > MAX_DEPTH) {
            return PER_VALUE;
        }
        if (reply.type() == ResponseType.BULK) {
            return (long) PER_VALUE + reply.toBuffer().length();
        }
        if (BoundedReplies.isCut(reply)) {
            return CUT;
        }
        long size = PER_VALUE;
        if (reply.type() == ResponseType.MULTI) {
            for (Response item : reply) {
                size += size(item, depth + 1);
            }
        }
        return size;
    }
}
