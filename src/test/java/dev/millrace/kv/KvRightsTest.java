package dev.millrace.kv;

import static dev.millrace.Api.COMMANDER;
import static dev.millrace.kv.Kv.get;
import static dev.millrace.kv.Kv.key;
import static dev.millrace.kv.Kv.post;
import static dev.millrace.kv.Kv.result;
import static dev.millrace.kv.Kv.run;
import static dev.millrace.kv.Listening.eventually;
import static dev.millrace.kv.SeparateRedis.grant;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;

import dev.millrace.redis.RedisConversation;

/** A server of the callers' own, on which the service may do less, or which is away from the service's Redis. */
@QuarkusTest
@WithTestResource(SeparateRedis.class)
class KvRightsTest {

    @AfterEach
    void allAgain() {
        grant("+@all");
    }

    @Test
    void withoutTheRightsThereAreNeitherTransactionsNorScriptsAndThenThereAreAgain() {
        grant("+@all", "-multi", "-eval");
        // While it is unknown whether Redis allows transactions, the response is 503.
        eventually().until(() -> refused(post("/multi-exec", "[['PING']]"),
                "NOPERM this user has no permissions to run the 'multi' command"));
        String k = key();
        assertTrue(post("/multi-exec", "[['SET','" + k + "',1]]").error(400).startsWith("NOPERM "));
        assertTrue(result("GET", k).isNull(), "it was run without MULTI");
        eventually().until(() -> refused(run("EVAL", "return 1", 0), "ERR scripts need "));

        grant("+@all");
        eventually().until(() -> post("/multi-exec", "[['PING']]").status() == 200);
        eventually().until(() -> run("EVAL", "return 1", 0).status() == 200);
    }

    private static boolean refused(Kv.Answer answer, String why) {
        return answer.status() == 400 && answer.error(400).startsWith(why);
    }

    @Test
    void aTransactionThatIsNoneAnyMoreIsReported() {
        eventually().until(() -> post("/multi-exec", "[['PING']]").status() == 200);
        grant("+@all", "-multi");
        String error = post("/multi-exec", "[['PING']]").error(400);
        assertTrue(error.startsWith("ERR the commands were run one by one") || error.startsWith("NOPERM "), error);
    }

    @Test
    void aListenerIsToldThatRedisRefusesHim() {
        grant("+@all", "-subscribe", "-psubscribe");
        assertTrue(get("/subscribe/a").error(400).startsWith("NOPERM "));
        assertTrue(get("/psubscribe/a*").error(400).startsWith("NOPERM "));
        grant("+@all", "resetchannels", "&open");
        assertTrue(get("/subscribe/a").error(400).startsWith("NOPERM "));
        try (Listening open = new Listening(COMMANDER, "/subscribe/open").ready()) {
            open.hears("data: subscribe,open,1");
        }
    }

    @Test
    void aScriptIsLoadedThoughTheServicesRedisTakesNoMore() {
        try (RedisConversation own = new RedisConversation(SeparateRedis.own.port())) {
            own.call("CONFIG", "SET", "maxmemory", 1);
            try {
                eventually().until(() -> run("SCRIPT", "LOAD", "return 7").status() == 200);
                String sha = result("SCRIPT", "LOAD", "return 'full'").textValue();
                assertEquals("full", result("EVALSHA", sha, 0).textValue());
                assertNull(own.call("GET", "mr:{main:kv:" + sha + "}:script"));
            } finally {
                own.call("CONFIG", "SET", "maxmemory", 0);
            }
        }
    }

    @Test
    void onlyWhatHappensToTheCallersKeysIsHeard() {
        try (RedisConversation redis = new RedisConversation(SeparateRedis.callers.port())) {
            redis.call("CONFIG", "SET", "notify-keyspace-events", "KEA");
            for (String path : new String[]{"/subscribe/__keyevent@0__:set", "/psubscribe/__keyspace@0__:*",
                    "/psubscribe/__keyevent@33__:*"}) {
                assertTrue(get(path).error(400).startsWith("NOPERM "), path);
            }
            String k = key();
            try (Listening all = new Listening(COMMANDER, "/psubscribe/*").ready();
                    Listening one = new Listening(COMMANDER, "/subscribe/__keyspace@3__:" + k).ready()) {
                redis.call("SET", "secret-" + k, 1);
                result("SET", k, 1);
                all.hears("data: pmessage,*,__keyevent@3__:set," + k);
                one.hears("data: message,__keyspace@3__:" + k + ",set");
                assertFalse(all.lines().toString().contains("secret-"), all.lines()::toString);
            }
        }
    }
}
