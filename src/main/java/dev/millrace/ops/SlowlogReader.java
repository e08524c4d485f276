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

/** Reads a server's slow log for a tenant. Hides the keys of other tenants. */
@Singleton
class SlowlogReader {

    /** @param total number of entries on the server, which may be more than were requested */
    record Slowlog(long total, List<SlowlogEntry> entries) {}

    private final Scripts scripts;

    SlowlogReader(Scripts scripts) {
        this.scripts = scripts;
    }

    Uni<Slowlog> read(OneShotConnection node, int limit, String tenant) {
        return node.send(Request.cmd(Command.SLOWLOG).arg("GET").arg(limit))
                .map(reply -> StreamSupport.stream(reply.spliterator(), false).map(SlowCommand::parse)
                        .map(slow -> entry(slow, tenant)).toList())
                .flatMap(entries -> node.send(Request.cmd(Command.SLOWLOG).arg("LEN"))
                        .map(length -> new Slowlog(length.toLong(), entries)));
    }

    private SlowlogEntry entry(SlowCommand slow, String tenant) {
        String owner = slow.key() == null ? null : Keys.tenantOf(slow.key());
        return SlowlogEntry.of(slow, slow.sha1() == null ? null : scripts.nameOf(slow.sha1()),
                owner == null || owner.equals(tenant));
    }
}
