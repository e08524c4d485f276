package dev.millrace.redis.link;

import org.jboss.logging.Logger;

/** Says once that a server is lost and once that it is back, however many connections there are to it. */
final class ConnectionLog {

    private static final Logger LOG = Logger.getLogger(ConnectionLog.class);

    private final String name;
    private final RedisEndpoint endpoint;
    private boolean outage;

    ConnectionLog(String name, RedisEndpoint endpoint) {
        this.name = name;
        this.endpoint = endpoint;
    }

    /** @param all whether no connection is missing any more */
    synchronized void connected(boolean all) {
        if (all) {
            if (outage) {
                LOG.infof("%s connection restored", name);
            } else {
                LOG.infof("Connected to %s: %s", name, endpoint);
            }
            outage = false;
        }
    }

    synchronized void disconnected(String cause) {
        if (!outage) {
            outage = true;
            LOG.errorf("%s connection lost (%s): %s", name, endpoint, cause);
        }
    }
}
