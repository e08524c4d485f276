package dev.millrace.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** CLIENT LIST of each version becomes typed records, the heaviest first, and no more than asked for. */
class NodeClientsTest {

    @ParameterizedTest
    @CsvSource({"redis-6.2, client", "redis-7.0, client|list"})
    void everyKindOfConnectionIsRead(String server, String command) {
        NodeClients read = NodeClients.of("a", Recorded.text(server + "-clients"), 100);
        assertEquals(3, read.total());
        assertEquals(Set.of("normal", "replica", "pubsub"),
                read.clients().stream().map(NodeClients.Client::type).collect(Collectors.toSet()));
        NodeClients.Client recorder = read.clients().stream().filter(c -> "recorder".equals(c.name())).findFirst()
                .orElseThrow();
        assertEquals(command, recorder.lastCommand());
        assertEquals("default", recorder.user());
        assertEquals(0, recorder.db());
        assertEquals("N", recorder.flags());
        assertEquals(26, recorder.queryBufferBytes());
        assertEquals(0, recorder.outputBufferBytes());
        assertTrue(recorder.memoryBytes() > 20_000);
        assertTrue(recorder.ageMs() >= 1000 && recorder.ageMs() % 1000 == 0);
        assertTrue(recorder.address().startsWith("127.0.0.1:"));
        NodeClients.Client listener = read.clients().stream().filter(c -> c.type().equals("pubsub")).findFirst()
                .orElseThrow();
        assertEquals(1, listener.subscriptions());
        assertNull(listener.name());
    }

    @Test
    void aNewerServerTellsTheLibrary() {
        NodeClients.Client client = NodeClients.Client.parse("id=9 addr=[::1]:5 name= age=1 idle=0 flags=b db=0 sub=1 "
                + "psub=2 ssub=3 obl=10 omem=20 tot-mem=1 cmd=NULL user=app lib-name=jedis lib-ver=5.1.0 future=a=b");
        assertEquals("jedis 5.1.0", client.library());
        assertEquals("[::1]:5", client.address());
        assertEquals(6, client.subscriptions());
        assertEquals(30, client.outputBufferBytes());
        assertNull(client.lastCommand());
    }

    @Test
    void ofManyTheHeaviestAreListedAndAllCounted() {
        StringBuilder list = new StringBuilder();
        for (int i = 0; i < 50; i++) {
            list.append("id=").append(i).append(" tot-mem=").append(i * 37 % 50).append('\n');
        }
        NodeClients read = NodeClients.of("a", list.toString(), 3);
        assertEquals(50, read.total());
        assertEquals(List.of(49L, 48L, 47L), read.clients().stream().map(NodeClients.Client::memoryBytes).toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "=", "id=", "id=x age=y flags=", "  a=b  c "})
    void aStrangeLineIsNoError(String line) {
        NodeClients.Client client = NodeClients.Client.parse(line);
        assertNotNull(client);
        assertNull(client.id());
        assertNull(client.type());
    }
}
