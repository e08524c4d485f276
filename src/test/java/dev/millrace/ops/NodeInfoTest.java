package dev.millrace.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** INFO of each kind of server becomes numbers; what is missing or strange becomes nothing, and never an error. */
class NodeInfoTest {

    @ParameterizedTest
    @CsvSource({"redis-6.2, 6.2.11", "redis-7.0, 7.0.15"})
    void aPrimaryOfEachVersionIsReadInFull(String server, String version) {
        NodeInfo info = info(server + "-primary-info");
        assertEquals("redis", info.server().product());
        assertEquals(version, info.server().version());
        assertEquals("standalone", info.server().mode());
        assertEquals("Linux 6.1.0 x86_64", info.server().os());
        assertTrue(info.server().uptimeMs() > 0 && info.server().uptimeMs() % 1000 == 0);
        assertTrue(info.memory().usedBytes() > 100_000 && info.memory().usedBytes() <= info.memory().peakBytes());
        assertTrue(info.memory().rssBytes() > info.memory().usedBytes());
        assertEquals(104_857_600, info.memory().maxBytes());
        assertEquals("noeviction", info.memory().policy());
        assertTrue(info.memory().fragmentationRatio() > 1);
        assertEquals(10_000, info.clients().max());
        assertEquals(2, info.clients().connected());
        assertTrue(info.stats().commands() >= 13);
        assertEquals(0, info.stats().evictedKeys());
        assertEquals("primary", info.replication().role());
        assertNull(info.replication().primary());
        NodeInfo.Replica replica = info.replication().replicas().get(0);
        assertTrue(replica.address().startsWith("127.0.0.1:"));
        assertEquals("online", replica.state());
        assertNotNull(replica.lagMs());
        assertEquals(0, replica.lagBytes());
        assertFalse(info.persistence().loading());
        assertTrue(info.persistence().rdb().lastSaveAt().matches("20\\d\\d-.*\\.000Z"));
        assertTrue(info.persistence().rdb().lastSaveOk());
        assertTrue(info.persistence().rdb().changesSinceSave() > 0);
        assertTrue(info.persistence().aof().enabled());
        assertTrue(info.persistence().aof().lastWriteOk());
        assertTrue(info.persistence().aof().sizeBytes() > 0);
        assertTrue(info.cpu().userMs() > 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"redis-6.2", "redis-7.0"})
    void aReplicaSaysWhomItFollows(String server) {
        NodeInfo.Replication replication = info(server + "-replica-info").replication();
        assertEquals("replica", replication.role());
        assertEquals(List.of(), replication.replicas());
        assertTrue(replication.primary().address().startsWith("127.0.0.1:170"));
        assertTrue(replication.primary().linkUp());
        assertNull(replication.primary().downMs());
        assertTrue(replication.lagMs() >= 0);
    }

    @Test
    void aReplicaThatLostItsPrimarySaysSinceWhen() {
        NodeInfo.Primary primary = NodeInfo.of("a", InfoFields.parse("role:slave\nmaster_host:h\nmaster_port:1\n"
                + "master_link_status:down\nmaster_last_io_seconds_ago:-1\nmaster_link_down_since_seconds:12\n"))
                .replication().primary();
        assertFalse(primary.linkUp());
        assertNull(primary.lagMs());
        assertEquals(12_000, primary.downMs());
    }

    @Test
    void valkeyIsKnownByItsOwnVersion() {
        NodeInfo info = info("valkey-8.1-primary-info");
        assertEquals("valkey", info.server().product());
        assertEquals("8.1.1", info.server().version());
        assertEquals("cluster", info.server().mode());
        assertEquals(3, info.clients().blocked());
        assertEquals(0, info.memory().maxBytes());
        assertNull(info.memory().systemBytes());
        assertNull(info.persistence().aof().enabled());
    }

    @Test
    void theSlowestReplicaCounts() {
        NodeInfo.Replication replication = info("valkey-8.1-primary-info").replication();
        assertEquals(2, replication.replicas().size());
        assertEquals(1, replication.replicasOnline());
        assertEquals(3000, replication.lagMs());
        assertEquals(610, replication.lagBytes());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "# Server\n", "garbage", "used_memory:lots\nuptime_in_seconds:\nrole:\nslave0:x\n",
            "used_memory:99999999999999999999\nmem_fragmentation_ratio:-nan\ndb99999999999:keys=1\nrole:master\n"})
    void whatIsMissingOrStrangeIsAbsent(String reply) {
        NodeInfo info = NodeInfo.of("a", InfoFields.parse(reply));
        assertNull(info.memory().usedBytes());
        assertNull(info.memory().fragmentationRatio());
        assertNull(info.server().uptimeMs());
        assertNull(info.persistence().rdb().lastSaveAt());
        assertNull(info.replication().lagMs());
        assertEquals(List.of(), NodeKeyspace.of("a", InfoFields.parse(reply)).databases());
    }

    @Test
    void databasesAreListedByNumber() {
        assertEquals(List.of(new NodeKeyspace.Database(0, 1000L, 900L, 60_000L),
                new NodeKeyspace.Database(3, 5L, 0L, 0L)),
                NodeKeyspace.of("a", InfoFields.parse(Recorded.text("valkey-8.1-primary-info"))).databases());
    }

    private static NodeInfo info(String name) {
        return NodeInfo.of("127.0.0.1:6379", InfoFields.parse(Recorded.text(name)));
    }
}
