package dev.millrace.kv;

import org.jspecify.annotations.Nullable;

import io.vertx.redis.client.Response;
import io.vertx.redis.client.ResponseType;

import dev.millrace.redis.CommandOutcome;

/** The memory that the replies to one request may use. A reply that does not fit is dropped when it arrives. */
final class ReplyBudget {

    /** Memory of a value in addition to its bytes. */
    static final int PER_VALUE = 64;
    /** Deeper replies are refused when they are written. */
    private static final int MAX_DEPTH = 1000;

    /** The replies of one request may use this fraction of the memory: they are held twice, and requests run at the same time. */
    private static final int MEMORY_SHARE = 8;

    private final long maxBytes;
    private long taken;
    private boolean passed;

    /** @param maxBytes maximum size of all replies together */
    ReplyBudget(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Returns the maximum size of the replies to one request, in bytes. */
    static long maxBytes(KvConfig config) {
        return Math.min(config.maxReply().asLongValue(), Runtime.getRuntime().maxMemory() / MEMORY_SHARE);
    }

    /** Returns whether a reply was left out. */
    boolean isPassed() {
        return passed;
    }

    /** Returns whether that many more bytes fit. */
    boolean has(long bytes) {
        return taken + bytes <= maxBytes;
    }

    /** Returns the outcome if its reply fits, else an error that says that the reply is left out. */
    CommandOutcome admit(CommandOutcome outcome) {
        if (outcome.failure() != null) {
            return outcome;
        }
        long size = size(outcome.reply());
        if (!has(size)) {
            passed = true;
            return new CommandOutcome(null, new KvException("ERR the command was run, but its reply is left out: "
                    + "the replies to a request may have at most " + maxBytes + " bytes"));
        }
        taken += size;
        return outcome;
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
        long size = PER_VALUE;
        if (reply.type() == ResponseType.MULTI) {
            for (Response item : reply) {
                size += size(item, depth + 1);
            }
        }
        return size;
    }
}
