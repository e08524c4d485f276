package dev.millrace.redis.link;

import java.time.Duration;
import java.util.function.Supplier;

import org.jboss.logging.Logger;

import io.smallrye.mutiny.Uni;
import io.vertx.core.impl.ContextInternal;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;

import dev.millrace.redis.RedisRefusal;
import dev.millrace.redis.RedisReply;

/**
 * Ends a script that runs for too long, over a connection kept for it: while a script runs, Redis accepts no other. Redis obeys only after
 * its {@code lua-time-limit}, 5 s by default; until then the command waits.
 */
final class ScriptKiller {

    /** How long Redis may take to obey. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final int MAX_ATTEMPTS = 60;

    private static final Logger LOG = Logger.getLogger(ScriptKiller.class);

    private final String name;
    private final RedisLink link;

    // Guarded by this.
    private boolean killing;

    /** @param name of the Redis */
    ScriptKiller(String name, ContextInternal context, Supplier<Redis> clients) {
        this.name = name;
        this.link = new RedisLink(context, clients, LinkListener.NONE, nanos -> {}, 16, PATIENCE);
    }

    void open() {
        link.open();
    }

    void close() {
        link.close();
    }

    /** Ends the script that Redis runs now, if it runs one. Redis may be unavailable for a moment, so this is tried for a while. */
    void kill() {
        synchronized (this) {
            if (killing) {
                return;
            }
            killing = true;
        }
        attempt(1).subscribe().with(done -> ended(), failure -> ended());
    }

    private synchronized void ended() {
        killing = false;
    }

    private Uni<Void> attempt(int number) {
        return link.send(Request.cmd(Command.SCRIPT).arg("KILL")).invoke(killed -> LOG.warnf(
                "%s: a script of a caller ran for longer than millrace.redis.timeout and was killed", name))
                .replaceWithVoid().onFailure().recoverWithUni(failure -> {
                    RedisRefusal refusal = RedisReply.refusal(failure);
                    if (refusal == RedisRefusal.UNKILLABLE) {
                        LOG.errorf(
                                "%s: a script of a caller has written and does not end, so Redis does not kill it. %s",
                                name, refusal.advice());
                        return Uni.createFrom().voidItem();
                    }
                    if (refusal != null && refusal.isOfCommand()) {
                        LOG.errorf("%s: a script of a caller runs for longer than millrace.redis.timeout, and the Redis"
                                + " user may not run SCRIPT KILL", name);
                        return Uni.createFrom().voidItem();
                    }
                    // An error reply means that no script runs any more.
                    return RedisReply.isError(failure) || number == MAX_ATTEMPTS
                            ? Uni.createFrom().voidItem()
                            : Uni.createFrom().voidItem().onItem().delayIt().by(PAUSE)
                                    .chain(() -> attempt(number + 1));
                });
    }
}
