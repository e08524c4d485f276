package dev.millrace.ops;

import jakarta.inject.Singleton;

import io.smallrye.mutiny.Uni;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;

import dev.millrace.redis.link.OneShotConnection;
import dev.millrace.redis.link.RedisNodes;

/**
 * Requests a report from every Redis server. The report has an error in place of a server that fails. A call fails only if all servers
 * fail, or as {@link RedisNodes#ask} does.
 */
@Singleton
class RedisReports {

    private final RedisNodes nodes;
    private final SlowlogReader slowlog;

    RedisReports(RedisNodes nodes, SlowlogReader slowlog) {
        this.nodes = nodes;
        this.slowlog = slowlog;
    }

    Uni<RedisReport<NodeInfo>> info() {
        return nodes.ask(RedisReports::askInfo)
                .map(answers -> RedisReport.of(answers, NodeInfo::of, NodeInfo::failed));
    }

    /**
     * Reads the slow log.
     *
     * @param limit maximum number of entries of each server
     * @param tenant the tenant whose keys are shown
     */
    Uni<RedisReport<NodeSlowlog>> slowlog(int limit, String tenant) {
        return nodes.ask(node -> slowlog.read(node, limit, tenant)).map(answers -> RedisReport.of(answers,
                (address, log) -> NodeSlowlog.of(address, log.total(), log.entries()), NodeSlowlog::failed));
    }

    /** Lists connections, at most {@code limit} of each server. */
    Uni<RedisReport<NodeClients>> clients(int limit) {
        return nodes.ask(node -> node.send(Request.cmd(Command.CLIENT).arg("LIST")))
                .map(answers -> RedisReport.of(answers,
                        (address, list) -> NodeClients.of(address, list.toString(), limit), NodeClients::failed));
    }

    Uni<RedisReport<NodeKeyspace>> keyspace() {
        return nodes.ask(node -> node.send(Request.cmd(Command.INFO).arg("keyspace"))
                .map(reply -> InfoFields.parse(reply.toString())))
                .map(answers -> RedisReport.of(answers, NodeKeyspace::of, NodeKeyspace::failed));
    }

    static Uni<InfoFields> askInfo(OneShotConnection node) {
        return node.send(Request.cmd(Command.INFO)).map(reply -> InfoFields.parse(reply.toString()));
    }
}
