package dev.millrace.settings;

import static dev.millrace.redis.VirtualRedis.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.ObjectMapper;

import dev.millrace.http.problem.ErrorCode;
import dev.millrace.redis.VirtualRedis;

/**
 * Guarantees of the store of definitions: each is read as it was stored, there are never more than allowed, and the version
 * differs after each change and after nothing else, so replicas notice all changes.
 */
class DefinitionStoreTest {

    private static final String TENANT = "main";
    private static final DefinitionKind<String, String> WORDS = new DefinitionKind<>("Word", "w", "~words", 2,
            String.class, word -> List.of(), (name, word) -> name + " is " + word,
            new DefinitionKind.Errors(ErrorCode.REGION_UNKNOWN, "", ErrorCode.REGION_LIMIT, ""));

    private final VirtualRedis redis = VirtualRedis.fresh();
    private final DefinitionStore store = new DefinitionStore(redis.dataSource(), redis, new ObjectMapper());

    private PutResult put(String name, String word) {
        return await(store.put(TENANT, WORDS, name, word));
    }

    private boolean delete(String name) {
        return await(store.delete(TENANT, WORDS, name));
    }

    private Map<String, String> all() {
        return await(store.load(TENANT, WORDS)).definitions();
    }

    private String version() {
        return await(store.version(TENANT, WORDS));
    }

    @Test
    void aDefinitionIsReadAsItWasStored() {
        assertEquals(PutResult.CREATED, put("a", "one"));
        assertEquals(PutResult.CREATED, put("b", "two"));
        assertEquals(Map.of("a", "a is one", "b", "b is two"), all());
        assertEquals(PutResult.REPLACED, put("a", "three"));
        assertEquals(Map.of("a", "a is three", "b", "b is two"), all());
    }

    @Test
    void thereAreNoMoreThanAllowed() {
        put("a", "one");
        put("b", "two");
        String version = version();
        redis.advance(1);
        assertEquals(PutResult.TOO_MANY, put("c", "three"));
        assertEquals(Set.of("a", "b"), all().keySet());
        assertEquals(version, version());
        assertEquals(PutResult.REPLACED, put("a", "four"), "it takes no room");
        assertTrue(delete("b"));
        assertEquals(PutResult.CREATED, put("c", "three"));
    }

    @Test
    void aDeletedDefinitionIsGone() {
        put("a", "one");
        assertFalse(delete("b"));
        assertTrue(delete("a"));
        assertEquals(Map.of(), all());
        assertFalse(delete("a"));
    }

    @Test
    void theVersionIsAnotherAfterEachChange() {
        assertNull(version());
        Set<String> versions = new HashSet<>();
        for (long micros : List.of(1L, 1_000_000L, 1_000_000L, 999_999L, 60_000_000L)) {
            put("a", "one");
            assertTrue(versions.add(version()), "stored " + micros);
            redis.advance(micros);
            put("a", "two");
            assertTrue(versions.add(version()), "replaced " + micros);
            redis.advance(micros);
            delete("a");
            assertTrue(versions.add(version()), "deleted " + micros);
            redis.advance(micros);
        }
    }

    /** A replica that reads a version it has seen does not load the definitions again. */
    @Test
    void theVersionStaysWhereNothingChanges() {
        put("a", "one");
        String version = version();
        redis.advance(1);
        delete("b");
        all();
        assertEquals(version, version());
    }
}
