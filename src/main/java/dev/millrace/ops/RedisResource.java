package dev.millrace.ops;

import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;

import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.media.SchemaProperty;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

import io.smallrye.mutiny.Uni;

import dev.millrace.auth.CurrentCaller;
import dev.millrace.auth.RequiresScope;
import dev.millrace.auth.Scopes;
import dev.millrace.http.NoStore;
import dev.millrace.http.Page;
import dev.millrace.http.problem.ApiException;

/** Reports about Redis for operators. They cover all tenants, except that key names are shown for the caller's tenant only. */
@Path("/v1/ops/redis")
@Produces(MediaType.APPLICATION_JSON)
@RequiresScope(Scopes.ADMIN_READ)
@NoStore
@Tag(name = "Operations")
public class RedisResource {

    private static final int MAX_CLIENTS = 1000;
    private static final String NODES = " `nodes` lists the single server, the master of the sentinels, or each primary of a cluster. A server that did not respond has an `error`. If no server responded, the call fails.";
    private static final String REFUSED = "Redis refuses this command to the service; `detail` has its message";

    private static final String INFO = """
            {"nodes":[{"address":"10.0.0.7:6379","server":{"product":"redis","version":"7.2.4","mode":"standalone","os":"Linux 6.1.0 x86_64","uptimeMs":864000000},"memory":{"usedBytes":104857600,"peakBytes":125829120,"rssBytes":131072000,"maxBytes":1073741824,"policy":"noeviction","fragmentationRatio":1.25,"systemBytes":4294967296},"clients":{"connected":42,"blocked":0,"max":10000},"stats":{"opsPerSecond":1800,"commands":90000000,"connections":5000,"rejectedConnections":0,"keyspaceHits":700000,"keyspaceMisses":300000,"expiredKeys":250000,"evictedKeys":0,"errorReplies":12},"replication":{"role":"primary","offset":73400320,"replicas":[{"address":"10.0.0.8:6379","state":"online","lagMs":0,"lagBytes":128}]},"persistence":{"loading":false,"rdb":{"lastSaveAt":"2026-11-24T09:30:00.000Z","lastSaveOk":true,"changesSinceSave":1500,"saving":false},"aof":{"enabled":true,"lastWriteOk":true,"lastRewriteOk":true,"rewriting":false,"sizeBytes":52428800}},"cpu":{"systemMs":820000,"userMs":960000}}]}""";
    private static final String SLOWLOG = """
            {"nodes":[{"address":"10.0.0.7:6379","total":128,"entries":[{"id":42,"at":"2026-11-24T09:30:00.000Z","micros":15300,"command":"EVALSHA","script":"queue/sweep-1","key":"mr:{main:q:emails}:meta","arguments":7,"clientAddress":"10.0.0.21:51234"}]}]}""";
    private static final String CLIENTS = """
            {"nodes":[{"address":"10.0.0.7:6379","total":42,"clients":[{"id":1207,"address":"10.0.0.21:51234","user":"millrace","type":"normal","flags":"N","db":0,"ageMs":3600000,"idleMs":0,"lastCommand":"evalsha","subscriptions":0,"queryBufferBytes":0,"outputBufferBytes":0,"memoryBytes":22400}]}]}""";
    private static final String KEYSPACE = """
            {"nodes":[{"address":"10.0.0.7:6379","databases":[{"db":0,"keys":120000,"expires":119400,"avgTtlMs":1740000}]}]}""";

    private final RedisReports reports;
    private final CurrentCaller caller;

    RedisResource(RedisReports reports, CurrentCaller caller) {
        this.reports = reports;
        this.caller = caller;
    }

    @GET
    @Path("info")
    @Operation(operationId = "getRedisInfo", summary = "Read the state of Redis", description = "Current memory, clients, load, replication and persistence. A field is absent if the version of the server does not report it."
            + NODES)
    @APIResponse(responseCode = "200", description = "The state of each server", content = @Content(schema = @Schema(type = SchemaType.OBJECT, properties = @SchemaProperty(name = "nodes", type = SchemaType.ARRAY, implementation = NodeInfo.class)), examples = @ExampleObject(name = "a single server", value = INFO)))
    @APIResponse(responseCode = "502", description = REFUSED)
    public Uni<RedisReport<NodeInfo>> info() {
        return reports.info();
    }

    @GET
    @Path("slowlog")
    @Operation(operationId = "getRedisSlowlog", summary = "Read the slow log of Redis", description = "Returns the entries of SLOWLOG GET, the latest first. Of the arguments it shows only the first key, truncated to 128 characters, and their number, because the other arguments hold payloads. It hides keys of other tenants."
            + NODES)
    @APIResponse(responseCode = "200", description = "The slow log of each server", content = @Content(schema = @Schema(type = SchemaType.OBJECT, properties = @SchemaProperty(name = "nodes", type = SchemaType.ARRAY, implementation = NodeSlowlog.class)), examples = @ExampleObject(name = "a slow script", value = SLOWLOG)))
    @APIResponse(responseCode = "502", description = REFUSED)
    public Uni<RedisReport<NodeSlowlog>> slowlog(
            @Parameter(description = "Maximum number of entries of each server, 1 to 500") @QueryParam("limit") @DefaultValue("50") int limit) {
        Page.requireLimit(limit);
        return reports.slowlog(limit, caller.tenant());
    }

    @GET
    @Path("clients")
    @Operation(operationId = "listRedisClients", summary = "List the connections to Redis", description = "Returns the entries of CLIENT LIST: the connections of all programs, including this service and this call. The connections with the highest memory use come first, so a truncated list contains them."
            + NODES)
    @APIResponse(responseCode = "200", description = "The connections of each server", content = @Content(schema = @Schema(type = SchemaType.OBJECT, properties = @SchemaProperty(name = "nodes", type = SchemaType.ARRAY, implementation = NodeClients.class)), examples = @ExampleObject(name = "one shown of 42", value = CLIENTS)))
    @APIResponse(responseCode = "502", description = REFUSED)
    public Uni<RedisReport<NodeClients>> clients(
            @Parameter(description = "Maximum number of connections of each server, 1 to 1000") @QueryParam("limit") @DefaultValue("100") int limit) {
        if (limit < 1 || limit > MAX_CLIENTS) {
            throw ApiException.invalid("limit", "must be between 1 and " + MAX_CLIENTS);
        }
        return reports.clients(limit);
    }

    @GET
    @Path("keyspace")
    @Operation(operationId = "getRedisKeyspace", summary = "Count the keys in Redis", description = "By database, for all programs together. Redis counts the keys; none is read."
            + NODES)
    @APIResponse(responseCode = "200", description = "The databases of each server", content = @Content(schema = @Schema(type = SchemaType.OBJECT, properties = @SchemaProperty(name = "nodes", type = SchemaType.ARRAY, implementation = NodeKeyspace.class)), examples = @ExampleObject(name = "one database", value = KEYSPACE)))
    @APIResponse(responseCode = "502", description = REFUSED)
    public Uni<RedisReport<NodeKeyspace>> keyspace() {
        return reports.keyspace();
    }
}
