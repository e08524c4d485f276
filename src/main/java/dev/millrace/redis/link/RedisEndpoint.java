package dev.millrace.redis.link;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import io.quarkus.runtime.configuration.ConfigurationException;
import io.vertx.core.net.NetClientOptions;
import io.vertx.redis.client.RedisClientType;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.RedisReplicas;
import io.vertx.redis.client.RedisRole;

import dev.millrace.encoding.PercentEncoding;
import dev.millrace.redis.RedisConfig;

/**
 * Where Redis is: one server, a set of sentinels, or some nodes of a cluster. Never prints its password.
 *
 * @param type standalone, sentinel or cluster
 * @param addresses {@code host:port}, at least one
 * @param tls whether the connections are encrypted
 * @param user ACL user, or null
 * @param password or null
 * @param db database number, 0 in a cluster
 * @param master the sentinel's name of the master, or null
 */
public record RedisEndpoint(RedisClientType type, List<String> addresses, boolean tls, @Nullable String user,
        @Nullable String password,
        int db, @Nullable String master) {

    private static final Pattern URL = Pattern.compile(
            "redis(?<tls>s)?(?:-(?<type>cluster|sentinel))?://(?:(?<auth>[^/#]*)@)?(?<hosts>[^/@?#]+)"
                    + "(?:/(?<db>\\d{1,9})?)?(?:#(?<master>[A-Za-z0-9._-]+))?");
    private static final String SHAPES = "expected redis[s]://[user:password@]host:port[/db], "
            + "redis[s]-cluster://host:port,... or redis[s]-sentinel://host:port,...[/db]#master";

    /**
     * Reads the configuration; null when it names no server.
     *
     * @throws ConfigurationException if the URL has none of the known shapes; the message does not repeat it, as it
     *         may hold a password
     */
    static @Nullable RedisEndpoint of(RedisConfig config) {
        String url = config.url().map(String::strip).filter(u -> !u.isEmpty()).orElse(null);
        String password = config.password().filter(p -> !p.isEmpty()).orElse(null);
        if (url != null) {
            return parse("REDIS_URL", url, password);
        }
        return config.host().map(String::strip).filter(h -> !h.isEmpty())
                .map(host -> new RedisEndpoint(RedisClientType.STANDALONE,
                        List.of(address("REDIS_HOST", bracketed(host), config.port())), false, null, password,
                        config.db(), null))
                .orElse(null);
    }

    /** @param setting whose value the URL is */
    public static RedisEndpoint parse(String setting, String url, @Nullable String defaultPassword) {
        Matcher m = URL.matcher(url);
        if (!m.matches()) {
            throw new ConfigurationException(setting + ": " + SHAPES);
        }
        RedisClientType type = m.group("type") == null
                ? RedisClientType.STANDALONE
                : m.group("type").equals("cluster") ? RedisClientType.CLUSTER : RedisClientType.SENTINEL;
        String user = null;
        String password = defaultPassword;
        if (m.group("auth") != null) {
            String auth = m.group("auth");
            int colon = auth.indexOf(':');
            user = colon < 0 ? null : emptyToNull(decode(setting, auth.substring(0, colon)));
            password = decode(setting, auth.substring(colon + 1));
        }
        List<String> addresses = new ArrayList<>();
        for (String host : m.group("hosts").split(",", -1)) {
            addresses.add(address(setting, host, type == RedisClientType.SENTINEL ? 26379 : 6379));
        }
        int db = m.group("db") == null ? 0 : Integer.parseInt(m.group("db"));
        check(setting, type != RedisClientType.STANDALONE || addresses.size() == 1,
                "several hosts need redis-cluster:// or redis-sentinel://");
        check(setting, type != RedisClientType.CLUSTER || db == 0, "a cluster has only database 0");
        check(setting, (type == RedisClientType.SENTINEL) == (m.group("master") != null),
                "#master names the sentinels' master, and belongs to redis-sentinel:// only");
        return new RedisEndpoint(type, List.copyOf(addresses), m.group("tls") != null, user, password, db,
                m.group("master"));
    }

    /** Another database of the same server. */
    RedisEndpoint database(int number) {
        return new RedisEndpoint(type, addresses, tls, user, password, number, master);
    }

    /** Whether keys with different hash tags may live on different servers. */
    public boolean cluster() {
        return type == RedisClientType.CLUSTER;
    }

    /** The same server or servers, or of a cluster each node by itself. */
    List<RedisEndpoint> nodes() {
        return cluster() ? addresses.stream().map(address -> server(address, db)).toList() : List.of(this);
    }

    /** One server by itself, to which one logs in as to all of them. */
    RedisEndpoint server(String address, int database) {
        return new RedisEndpoint(RedisClientType.STANDALONE, List.of(address), tls, user, password, database, null);
    }

    /** The options of a client that holds a single connection to each server. */
    public RedisOptions options(NetClientOptions net, int maxInFlight) {
        RedisOptions options = new RedisOptions()
                .setType(type)
                .setNetClientOptions(net)
                .setPassword(password)
                .setMaxWaitingHandlers(maxInFlight + 16)
                .setMaxPoolSize(type == RedisClientType.STANDALONE ? 1 : 4)
                .setMaxPoolWaiting(16)
                // Else each client, hence each attempt to reconnect, has a name and metrics of its own.
                .setPoolName("millrace")
                .setPoolRecycleTimeout(-1)
                .setPoolCleanerInterval(-1)
                .setUseReplicas(RedisReplicas.NEVER);
        addresses.forEach(address -> options.addConnectionString(connectionString(address)));
        if (type == RedisClientType.SENTINEL) {
            options.setMasterName(master).setRole(RedisRole.MASTER);
        }
        return options;
    }

    private String connectionString(String address) {
        String userInfo = user == null ? "" : encode(user) + (password == null ? "" : ":" + encode(password)) + "@";
        return (tls ? "rediss://" : "redis://") + userInfo + address + (db == 0 ? "" : "/" + db);
    }

    private static String address(String setting, String host, int defaultPort) {
        try {
            URI uri = new URI("redis://" + host.strip());
            int port = uri.getPort() < 0 ? defaultPort : uri.getPort();
            if (uri.getHost() != null && uri.getRawUserInfo() == null && host.strip().equals(uri.getRawAuthority())
                    && port > 0 && port < 65536) {
                return uri.getHost() + ":" + port;
            }
        } catch (URISyntaxException e) {
            // As bad as the others.
        }
        throw new ConfigurationException(setting + ": bad host or port; a host name has letters, digits, - and . only");
    }

    private static String bracketed(String host) {
        return host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]" : host;
    }

    private static void check(String setting, boolean condition, String message) {
        if (!condition) {
            throw new ConfigurationException(setting + ": " + message);
        }
    }

    private static String decode(String setting, String s) {
        try {
            return PercentEncoding.decode(s);
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(setting + ": bad % escape in user or password");
        }
    }

    private static String encode(String s) {
        return PercentEncoding.encode(s, PercentEncoding::isUnreserved);
    }

    private static @Nullable String emptyToNull(String s) {
        return s.isEmpty() ? null : s;
    }

    @Override
    public String toString() {
        return type.name().toLowerCase(Locale.ROOT) + " " + String.join(",", addresses) + (tls ? " (TLS)" : "");
    }
}
