package dev.millrace.kv;

import org.jspecify.annotations.Nullable;

import io.vertx.redis.client.Response;
import io.vertx.redis.client.ResponseType;

import dev.millrace.redis.CommandOutcome;

/** What the replies of one request may take up. What does not fit is left out as it comes, so that it does not pile up. */
final class ReplyBudget {

    /** What a value takes up beside its bytes. */
    static final int PER_VALUE = 64;
    /** Deeper ones are not answered anyway. */
    private static final int MAX_DEPTH = 1000;

    /** Of the memory: replies are held twice, as they came and as they are answered, and requests come at the same time. */
    private static final int MEMORY_SHARE = 8;

    private final long most;
    private long taken;
    private boolean passed;

    /** @param most bytes */
    ReplyBudget(long most) {
        this.most = most;
    }

    /** Most bytes of the replies to one request. */
    static long most(KvConfig config) {
        return Math.min(config.maxReply().asLongValue(), Runtime.getRuntime().maxMemory() / MEMORY_SHARE);
    }

    /** Whether something was left out. */
    boolean isPassed() {
        return passed;
    }

    /** Whether that much would fit in. */
    boolean has(long bytes) {
        return taken + bytes <= most;
    }

    /** The outcome if its reply fits in, else that it is left out. */
    CommandOutcome admit(CommandOutcome outcome) {
        if (outcome.failure() != null) {
            return outcome;
        }
        long size = size(outcome.reply());
        if (!has(size)) {
            passed = true;
            return new CommandOutcome(null, new KvException("ERR the command was run, but its reply is left out: "
                    + "the replies of a request may hold " + most + " bytes"));
        }
        taken += size;
        return outcome;
    }

    /** What is said of commands that were not sent any more. */
    CommandOutcome notRun() {
        return new CommandOutcome(null, new KvException("ERR the command was not run: "
                + "the replies to those before it are more than the " + most + " bytes that a request may get"));
    }

    /** Bytes of a reply: of its strings and numbers, and something for each value. */
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
