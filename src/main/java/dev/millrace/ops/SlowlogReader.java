package dev.millrace.ops;

import java.util.List;
import java.util.stream.StreamSupport;

import jakarta.inject.Singleton;

import io.smallrye.mutiny.Uni;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;

import dev.millrace.redis.Keys;
import dev.millrace.redis.Scripts;
import dev.millrace.redis.link.OneShotConnection;

/** Reads a server's slow log for a tenant, who learns the keys of no other one. */
@Singleton
class SlowlogReader {

    /** @param total entries the server holds, of which there may be more than were asked for */
    record Log(long total, List<NodeSlowlog.Entry> entries) {}

    private final Scripts scripts;

    SlowlogReader(Scripts scripts) {
        this.scripts = scripts;
    }

    Uni<Log> read(OneShotConnection node, int limit, String tenant) {
        return node.send(Request.cmd(Command.SLOWLOG).arg("GET").arg(limit))
                .map(reply -> StreamSupport.stream(reply.spliterator(), false).map(SlowCommand::parse)
                        .map(slow -> entry(slow, tenant)).toList())
                .flatMap(entries -> node.send(Request.cmd(Command.SLOWLOG).arg("LEN"))
                        .map(length -> new Log(length.toLong(), entries)));
    }

    private NodeSlowlog.Entry entry(SlowCommand slow, String tenant) {
        String owner = slow.key() == null ? null : Keys.tenantOf(slow.key());
        return NodeSlowlog.Entry.of(slow, slow.sha1() == null ? null : scripts.nameOf(slow.sha1()),
                owner == null || owner.equals(tenant));
    }
}
