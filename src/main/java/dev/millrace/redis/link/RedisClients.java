package dev.millrace.redis.link;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;

import org.eclipse.microprofile.config.ConfigProvider;
import org.jspecify.annotations.Nullable;

import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.tls.TlsConfiguration;
import io.quarkus.tls.TlsConfigurationRegistry;
import io.quarkus.tls.runtime.config.TlsConfigUtils;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClientOptions;
import io.vertx.redis.client.ProtocolVersion;
import io.vertx.redis.client.Redis;

import dev.millrace.redis.RedisConfig;
import dev.millrace.redis.RedisTopology;

/** Knows where Redis is and makes clients for it. */
@Singleton
public class RedisClients implements RedisTopology {

    /** Supplies a server where none is configured: the embedded one, in dev and test. */
    public interface Fallback {
        RedisEndpoint start();
    }

    /** The handshake; what a listening connection sends has no reply. */
    private static final int LISTENING_IN_FLIGHT = 16;
    /** More than Redis nests the replies of scripts, for deeper ones would break the connection. */
    private static final int MOST_NESTED = 8192;

    private final RedisConfig config;
    private final Vertx vertx;
    private final TlsConfigurationRegistry tls;
    private final RedisEndpoint endpoint;

    RedisClients(RedisConfig config, Vertx vertx, TlsConfigurationRegistry tls, Instance<Fallback> fallback) {
        this.config = config;
        this.vertx = vertx;
        this.tls = tls;
        IneffectiveSettings.refuse(ConfigProvider.getConfig());
        RedisEndpoint configured = RedisEndpoint.of(config);
        if (configured == null && fallback.isUnsatisfied()) {
            throw new ConfigurationException(
                    "Redis is not configured: set REDIS_HOST (and REDIS_PORT, REDIS_PASSWORD, REDIS_DB) or REDIS_URL");
        }
        if (config.timeout().toMillis() < 10 || config.timeout().toMillis() > 60_000) {
            throw new ConfigurationException("millrace.redis.timeout must be between 10 ms and 60 s");
        }
        this.endpoint = configured != null ? configured : fallback.get().start();
    }

    /** Where Redis is. */
    public RedisEndpoint endpoint() {
        return endpoint;
    }

    @Override
    public boolean isCluster() {
        return endpoint.cluster();
    }

    /** Makes clients with one connection each; to be asked on the event loop the connection shall live on. */
    Supplier<Redis> factory() {
        return () -> Redis.createClient(vertx, endpoint.options(netOptions(), config.maxInFlight()));
    }

    /**
     * Makes clients for a connection that listens to channels. A cluster's nodes pass every message to each other, so one node is
     * enough, another one at each attempt; its client would spread the channels over all nodes.
     */
    public Supplier<Redis> listeningFactory() {
        List<RedisEndpoint> nodes = endpoint.nodes();
        AtomicInteger next = new AtomicInteger(ThreadLocalRandom.current().nextInt(nodes.size()));
        return () -> Redis.createClient(vertx, nodes.get(Math.floorMod(next.getAndIncrement(), nodes.size()))
                .options(netOptions(), LISTENING_IN_FLIGHT));
    }

    /**
     * A Redis for callers to do as they like in.
     *
     * @param url of a server of its own, or null for a database of the service's server
     * @param db number of that database; a cluster has but one, so there it needs a server
     * @param maxInFlight commands that may wait for their replies on one connection
     * @param maxReply bytes of memory that the next reply may take
     */
    public RawRedis raw(@Nullable String url, int db, int maxInFlight, LongSupplier maxReply) {
        RedisEndpoint raw = url == null ? endpoint.database(db) : RedisEndpoint.parse("REDIS_KV_URL", url, null);
        if (raw.equals(endpoint)) {
            throw new ConfigurationException("REDIS_KV_DB or REDIS_KV_URL: must not be the service's own database");
        }
        return new RawRedis(raw, rawClients(raw, maxInFlight, BoundedReplies.mark(netOptions(raw))),
                rawClients(raw, maxInFlight, netOptions(raw)), config, maxInFlight, maxReply, vertx);
    }

    private Supplier<Redis> rawClients(RedisEndpoint raw, int maxInFlight, NetClientOptions net) {
        // Not without a HELLO: the client would log in only where Redis insists, and be another user than the URL names.
        return () -> Redis.createClient(vertx, raw.options(new NetClientOptions(net), maxInFlight)
                .setPreferredProtocolVersion(ProtocolVersion.RESP2).setMaxNestedArrays(MOST_NESTED));
    }

    /** Makes clients for one of the servers, or for one of the sentinels, by itself. */
    Supplier<Redis> factory(RedisEndpoint server, int maxInFlight) {
        return () -> Redis.createClient(vertx, server.options(netOptions(), maxInFlight));
    }

    private NetClientOptions netOptions() {
        return netOptions(endpoint);
    }

    private NetClientOptions netOptions(RedisEndpoint endpoint) {
        NetClientOptions net = new NetClientOptions()
                .setTcpNoDelay(true)
                .setTcpKeepAlive(true)
                .setConnectTimeout((int) config.timeout().toMillis());
        if (endpoint.tls()) {
            net.setSsl(true).setHostnameVerificationAlgorithm("HTTPS");
            config.tlsConfigurationName().ifPresent(name -> {
                TlsConfiguration configuration = TlsConfiguration.from(tls, Optional.of(name))
                        .orElseThrow(() -> new ConfigurationException("No TLS configuration named " + name));
                TlsConfigUtils.configure(net, configuration);
            });
        }
        return net;
    }
}
