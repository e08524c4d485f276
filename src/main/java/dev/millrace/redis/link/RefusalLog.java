package dev.millrace.redis.link;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

import org.jboss.logging.Logger;

import dev.millrace.redis.EventLoop;
import dev.millrace.redis.RedisRefusal;

/** Logs once that Redis refuses calls, with what to do, and once that it has stopped refusing them; for each reason. */
final class RefusalLog {

    /** A reason without a refusal for this time is over. */
    static final Duration QUIET = Duration.ofMinutes(1);

    private static final Logger LOG = Logger.getLogger(RefusalLog.class);

    private final String name;
    private final EventLoop loop;
    private final long quietNanos;
    private final Map<RedisRefusal, Long> lastSeen = new EnumMap<>(RedisRefusal.class);

    /** @param name of the Redis */
    RefusalLog(String name, EventLoop loop, Duration quiet) {
        this.name = name;
        this.loop = loop;
        this.quietNanos = quiet.toNanos();
    }

    /** @param reply of Redis; only what is no data of a caller is logged */
    synchronized void refused(RedisRefusal refusal, String reply) {
        if (lastSeen.put(refusal, System.nanoTime()) == null) {
            LOG.errorf("%s refuses calls (%s): %s. %s", name, refusal.logged(reply), refusal.reason(),
                    refusal.advice());
            checkLater(refusal, quietNanos);
        }
    }

    private void checkLater(RedisRefusal refusal, long nanos) {
        loop.after(Math.max(1, nanos / 1_000_000), () -> check(refusal));
    }

    private synchronized void check(RedisRefusal refusal) {
        long left = lastSeen.getOrDefault(refusal, 0L) + quietNanos - System.nanoTime();
        if (left > 0) {
            checkLater(refusal, left);
        } else {
            lastSeen.remove(refusal);
            LOG.infof("%s no longer refuses calls (%s)", name, refusal.name());
        }
    }
}
