package dev.millrace.redis.link;

import org.jboss.logging.Logger;

/** Says once that a server is lost, or cannot be reached, and once that it is back, however many connections there are to it. */
final class ConnectionLog {

    private static final Logger LOG = Logger.getLogger(ConnectionLog.class);

    private final String name;
    private final RedisEndpoint endpoint;
    private boolean wasConnected;
    private boolean announced;
    private boolean outage;

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
        }
        wasConnected = true;
    }

    synchronized void disconnected(String cause) {
        if (!outage) {
            outage = true;
            LOG.errorf(wasConnected ? "%s connection lost (%s): %s" : "Cannot connect to %s (%s): %s", name, endpoint,
                    cause);
        }
    }
}
