package dev.millrace.redis.dev;

import java.util.List;

import jakarta.inject.Singleton;

import org.jboss.logging.Logger;

import io.quarkus.arc.profile.UnlessBuildProfile;
import io.vertx.redis.client.RedisClientType;

import dev.millrace.redis.link.RedisClients;
import dev.millrace.redis.link.RedisEndpoint;

/**
 * Starts a Redis of its own when none is configured, so that dev mode and tests need nothing installed. It outlives live
 * reloads, with its data. Not part of the production application.
 */
@Singleton
@UnlessBuildProfile("prod")
public class EmbeddedRedis implements RedisClients.Fallback {

    private static final Logger LOG = Logger.getLogger(EmbeddedRedis.class);
    /** A system property, for a live reload replaces all classes, static fields included. Value: {@code pid:port}. */
    private static final String RUNNING = "millrace.embedded-redis.running";

    @Override
    public synchronized RedisEndpoint start() {
        int port = runningPort();
        if (port < 0) {
            RedisServerProcess server = RedisServerProcess.launch();
            port = server.port();
            System.setProperty(RUNNING, server.pid() + ":" + port);
            LOG.infof("Embedded Redis started on port %d; its data ends with this process", port);
        }
        return new RedisEndpoint(RedisClientType.STANDALONE, List.of("127.0.0.1:" + port), false, null, null, 0, null);
    }

    private static int runningPort() {
        String running = System.getProperty(RUNNING);
        if (running == null) {
            return -1;
        }
        String[] parts = running.split(":");
        boolean alive = ProcessHandle.of(Long.parseLong(parts[0])).map(ProcessHandle::isAlive).orElse(false);
        return alive ? Integer.parseInt(parts[1]) : -1;
    }
}
