package dev.millrace.redis.link;

import java.util.EnumSet;
import java.util.Set;

import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import dev.millrace.redis.RedisRefusal;

/**
 * Says once that a server is lost, or cannot be reached, and once that it is back, however many connections there are to it. If the server
 * refuses the new connections, it also says why and what to do, once for each reason.
 */
final class ConnectionLog {

    private static final Logger LOG = Logger.getLogger(ConnectionLog.class);

    private final String name;
    private final RedisEndpoint endpoint;
    private boolean wasConnected;
    private boolean announced;
    private boolean outage;
    private final Set<RedisRefusal> told = EnumSet.noneOf(RedisRefusal.class);

    ConnectionLog(String name, RedisEndpoint endpoint) {
        this.name = name;
        this.endpoint = endpoint;
    }

    /** @param all whether no connection is missing any more */
    synchronized void connected(boolean all) {
        if (all && (outage || !announced)) {
            LOG.infof(announced ? "%s connection restored" : "Connected to %s: %s", name, endpoint);
            announced = true;
            outage = false;
            told.clear();
        }
        wasConnected = true;
    }

    /**
     * @param cause in words, with what to do if it is a refusal
     * @param refusal why the server refused the connection; null if it did not
     */
    synchronized void disconnected(String cause, @Nullable RedisRefusal refusal) {
        boolean news = refusal != null && told.add(refusal);
        if (!outage) {
            outage = true;
            LOG.errorf(wasConnected ? "%s connection lost (%s): %s" : "Cannot connect to %s (%s): %s", name, endpoint,
                    cause);
        } else if (news) {
            LOG.errorf("%s refuses connections (%s): %s", name, endpoint, cause);
        }
    }
}
