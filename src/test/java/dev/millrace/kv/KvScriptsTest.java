package dev.millrace.kv;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.Api.COMMANDER;
import static dev.millrace.Api.COMMAND_READER;
import static dev.millrace.kv.Kv.key;
import static dev.millrace.kv.Kv.result;
import static dev.millrace.kv.Kv.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import com.fasterxml.jackson.databind.JsonNode;

import io.quarkus.test.junit.QuarkusTest;

import dev.millrace.Api;
import dev.millrace.redis.RedisConversation;

/** Callers' scripts: they run as in Redis, under the names their callers know them by, and stay in their database. */
@QuarkusTest
class KvScriptsTest {

    /** A key of the service's database that scripts try to write. */
    private static final String PREY = "mr:{prey}";

    RedisConversation redis;

    @BeforeEach
    void bait() {
        redis.call("DEL", PREY);
    }

    @AfterEach
    void nothingWasCaught() {
        assertNull(redis.call("GET", PREY), "a script wrote into the service's database");
    }

    @Test
    void aScriptIsKnownByTheSha1OfWhatItsCallerSent() {
        String script = "return ARGV[1] .. '" + key() + "'";
        String sha = result("SCRIPT", "LOAD", script).textValue();
        assertEquals(sha1(script), sha);
        assertEquals("[1,0]", result("SCRIPT", "EXISTS", sha, "f".repeat(40)).toString());
        assertTrue(result("EVALSHA", sha, 0, "x").textValue().startsWith("xk-"));
        assertTrue(result("EVALSHA", sha.toUpperCase(Locale.ROOT), 0, "x").textValue().startsWith("xk-"));
        String evaluated = "return '" + key() + "'";
        assertTrue(run("EVALSHA", sha1(evaluated), 0).error(400).startsWith("NOSCRIPT "));
        result("EVAL", evaluated, 0);
        assertTrue(result("EVALSHA", sha1(evaluated), 0).textValue().startsWith("k-"));
    }

    /** The service's scripts, and callers' as Redis has them, are nobody's to run. */
    @Test
    void onlyWhatCallersSentCanBeRun() {
        String own = (String) redis.call("SCRIPT", "LOAD", "return redis.call('SET', '" + PREY + "', 1)");
        assertTrue(run("EVALSHA", own, 0).error(400).startsWith("NOSCRIPT "));
        assertEquals("[0]", result("SCRIPT", "EXISTS", own).toString());
        for (String sha : List.of("", "x", own + "\0", own + " ", own.toUpperCase(Locale.ROOT))) {
            assertTrue(run("EVALSHA", sha, 0).error(400).startsWith("NOSCRIPT "), sha);
        }
        assertEquals("NOSCRIPT No matching script. Please use EVAL.", run("EVALSHA", "no", 0).error(400));
    }

    /** The service's scripts stay, and callers' come back as they are sent again. */
    @Test
    void aFlushForgetsWhatCallersSentAndNothingElse() {
        String script = "return '" + key() + "'";
        String sha = result("SCRIPT", "LOAD", script).textValue();
        String own = (String) redis.call("SCRIPT", "LOAD", "return 'own " + key() + "'");
        Api.as(ADMIN).post("/v1/ratelimit/{policy}/me", Api.policy("fixed-window", 1)).then().statusCode(200);
        for (Object[] flush : new Object[][]{{"SCRIPT", "FLUSH"}, {"script", "flush", "async"},
                {"SCRIPT", "FLUSH", "SYNC"}}) {
            assertEquals("[1]", result("SCRIPT", "EXISTS", sha).toString());
            assertEquals("OK", result(flush).textValue());
            assertEquals("[0]", result("SCRIPT", "EXISTS", sha).toString());
            assertEquals("NOSCRIPT No matching script. Please use EVAL.", run("EVALSHA", sha, 0).error(400));
            assertEquals(1L, ((List<?>) redis.call("SCRIPT", "EXISTS", own)).get(0));
            result("EVAL", script, 0);
            assertTrue(result("EVALSHA", sha, 0).textValue().startsWith("k-"));
        }
        assertEquals("ERR SCRIPT FLUSH only support SYNC|ASYNC option", run("SCRIPT", "FLUSH", "NOW").error(400));
        assertTrue(Kv.as(COMMAND_READER, "SCRIPT", "FLUSH").error(400).startsWith("NOPERM "));
        List<JsonNode> outcomes = Kv.pipeline(COMMANDER, List.of(List.of("EVALSHA", sha, 0), List.of("SCRIPT", "FLUSH"),
                List.of("EVALSHA", sha, 0), List.of("EVAL", script, 0), List.of("EVALSHA", sha, 0)));
        assertEquals("OK", outcomes.get(1).path("result").textValue());
        assertTrue(outcomes.get(2).path("error").textValue().startsWith("NOSCRIPT "));
        assertTrue(outcomes.get(0).has("result") && outcomes.get(4).has("result"), outcomes::toString);
        Api.as(ADMIN).post("/v1/ratelimit/{policy}/me", Api.policy("fixed-window", 1)).then().statusCode(200);
    }

    @Test
    void aScriptIsKnownToTheCommandsBehindItsLoad() {
        String script = "return ARGV[1] -- " + key();
        List<JsonNode> outcomes = Kv.pipeline(COMMANDER,
                List.of(List.of("EVALSHA", sha1(script), 0, "x"), List.of("SCRIPT", "LOAD", script),
                        List.of("EVALSHA", sha1(script), 0, "x"), List.of("SCRIPT", "EXISTS", sha1(script))));
        assertTrue(outcomes.get(0).path("error").textValue().startsWith("NOSCRIPT "));
        assertEquals("x", outcomes.get(2).path("result").textValue());
        assertEquals("[1]", outcomes.get(3).path("result").toString());
        String broken = "return (" + key();
        outcomes = Kv.pipeline(COMMANDER,
                List.of(List.of("SCRIPT", "LOAD", broken), List.of("EVALSHA", sha1(broken), 0)));
        assertTrue(outcomes.get(1).path("error").textValue().startsWith("NOSCRIPT "), outcomes::toString);
    }

    @Test
    void scriptsOfAPipelineOrATransaction() {
        String script = "return redis.call('INCR', KEYS[1]) -- " + key();
        String k = key();
        List<JsonNode> outcomes = Kv.pipeline(COMMANDER, List.of(List.of("SCRIPT", "LOAD", script),
                List.of("EVAL", script, 1, k), List.of("EVALSHA", sha1(script), 1, k)));
        assertEquals(sha1(script), outcomes.get(0).path("result").textValue());
        assertEquals(2, outcomes.get(2).path("result").intValue());
        Kv.Answer whole = Kv.post("/multi-exec",
                "[['EVAL','return 5',0],['EVALSHA','" + sha1(script) + "',1,'" + k + "']]");
        assertEquals("[{\"result\":5},{\"result\":3}]", whole.json().toString());
    }

    @Test
    void errorsNameTheCallersLines() {
        for (String head : List.of("", "#!lua flags=allow-key-locking")) {
            assertTrue(run("EVAL", head + "\n\nerror('oh')", 0).error(400).contains("user_script:3: oh"));
            assertTrue(run("EVAL", head + "\n\nreturn nil + 1", 0).error(400).contains("user_script:3: attempt"));
            assertTrue(run("EVAL", head + "\n\nreturn (", 0).error(400).contains("user_script:3: unexpected symbol"));
        }
        assertTrue(run("EVAL", "error('oh')", 0).error(400).contains("user_script:1: oh"));
    }

    @Test
    void upstashsShebangIsTakenOffAndOthersAreRedisOwn() {
        assertEquals(7, result("EVAL", "#!lua flags=allow-key-locking\nreturn 7", 0).intValue());
        assertEquals(7, result("EVAL", "#!lua flags=allow-key-locking,no-writes\r\nreturn 7", 0).intValue());
        assertTrue(result("EVAL", "#!lua flags=allow-key-locking", 0).isNull());
        for (String odd : List.of("#!js\nreturn 1", "#!LUA\nreturn 1", "#!\nreturn 1", "#!luajit\nreturn 1")) {
            assertTrue(run("EVAL", odd, 0).error(400).startsWith("ERR Unexpected engine"), odd);
        }
        for (String odd : List.of("#!lua", "#!lua name=x\nreturn 1", "#!lua flags=none-such\nreturn 1",
                "#lua\nreturn 1")) {
            assertTrue(run("EVAL", odd, 0).error(400).startsWith("ERR "), odd);
        }
        if (has("EVAL_RO")) {
            assertEquals(8, result("EVAL", "#!lua flags=no-writes\nreturn 8", 0).intValue());
            assertTrue(run("EVAL", "#!lua flags=no-writes\n\nerror('oh')", 0).error(400).contains("user_script:3: oh"));
            assertTrue(run("EVAL", "#!lua flags=no-writes\nredis.call('SET', 'a', 1)", 0).error(400)
                    .contains("Write commands are not allowed"));
        }
    }

    @Test
    void whatScriptsMayDo() {
        String k = key();
        assertEquals("[\"OK\",\"v\"]",
                result("EVAL", "return {redis.call('SET', KEYS[1], ARGV[1]), redis.call('GET', KEYS[1])}",
                        1, k, "v").toString());
        assertEquals("ERR no", run("EVAL", "return redis.error_reply('ERR no')", 0).error(400));
        assertEquals("FINE", result("EVAL", "return redis.status_reply('FINE')", 0).textValue());
        assertEquals("true",
                result("EVAL", "return tostring(redis.pcall('INCR', KEYS[1]).err ~= nil)", 1, k).textValue());
        assertEquals("{\"a\":[1]} 1 " + sha1(""),
                result("EVAL", "return cjson.encode({a = {1}}) .. ' ' .. cjson.decode('[1]')[1] "
                        + ".. ' ' .. redis.sha1hex('')", 0).textValue());
        assertEquals("x",
                result("EVAL", "return getmetatable(setmetatable({}, {__index = 'x'})).__index", 0).textValue());
        assertEquals(1,
                result("EVAL", "return redis.call('COPY', KEYS[1], KEYS[2], 'REPLACE')", 2, k, k + "2").intValue());
        assertEquals(0, result("EVAL", "return redis.call('PUBLISH', KEYS[1], 'x')", 1, k).intValue());
        assertEquals(5,
                result("EVAL",
                        "redis.log(redis.LOG_WARNING, 'x') local ok, v = pcall(function() return 5 end) return v",
                        0).intValue());
        assertTrue(result("EVAL", "return redis.call('MEMORY', 'usage', KEYS[1])", 1, k).intValue() > 0);
    }

    /** Each tries to write {@link #PREY} into database 0. */
    @ParameterizedTest
    @ValueSource(strings = {
            // The statement in front goes on.
            ", redis return _G.call('SELECT', 0), _G.call('SET', PREY, 1)",
            " and 1, (function() redis.call('SELECT', 0) redis.call('SET', PREY, 1) end)()",
            "(function() redis.call('SELECT', 0) redis.call('SET', PREY, 1) end)()",
            ".call('SELECT', 0), redis.call('SET', PREY, 1)",
            "or redis.call('SELECT', 0), redis.call('SET', PREY, 1)",
            "\n, redis\nreturn _G.call('SELECT', 0), _G.call('SET', PREY, 1)",
            "--[[ ]] , redis return _G.call('SELECT', 0), _G.call('SET', PREY, 1)",
            "#!lua flags=allow-key-locking\n, redis return _G.call('SELECT', 0), _G.call('SET', PREY, 1)",
            "#!lua flags=allow-key-locking\r, redis\nreturn _G.call('SELECT', 0), _G.call('SET', PREY, 1)",
            "#!lua\n, redis return _G.call('SELECT', 0), _G.call('SET', PREY, 1)",
            // The block or the function in front ends.
            "end redis.call('SELECT', 0) redis.call('SET', PREY, 1)",
            "end redis.call('SELECT', 0) redis.call('SET', PREY, 1) do",
            "return 1 end redis.call('SELECT', 0) redis.call('SET', PREY, 1) function x()",
            "]] end redis.call('SELECT', 0) redis.call('SET', PREY, 1) --[[",
            "until true redis.call('SELECT', 0) redis.call('SET', PREY, 1)",
            // Names that Redis reads otherwise than Lua.
            "for i = 1, 5000 do local r = redis.pcall('SELECT\\0' .. i, 0) if not r.err then redis.call('SET', PREY, 1) return end end",
            "for i = 1, 5000 do redis.pcall('MOVE\\0' .. i, KEYS[1], 0) end",
            "redis.call('SET', PREY, 1) redis.pcall('COPY', PREY, PREY, 'DB', 0) redis.pcall('COPY', PREY, PREY, 'db\\0x', '0')",
            "redis.call('SET', PREY, 1) redis.pcall('COPY', PREY, PREY, 'REPLACE', 'Db\\0', 0)",
            "redis.pcall(' SELECT', 0) redis.pcall('SELECT ', 0) redis.pcall('SELECT\\n', 0) redis.pcall('sElEcT', 0) redis.call('SET', PREY, 1)",
            "redis.pcall({'SELECT'}, 0) redis.pcall(setmetatable({}, {__tostring = function() return 'SELECT' end}), 0) redis.call('SET', PREY, 1)",
            "for i = 0, 300 do redis.pcall('SELECT' .. string.char(i % 256), 0) end redis.call('SET', PREY, 1)",
            // Other ways to what was hidden.
            "local r = getmetatable(redis).__index r.call('SELECT', 0) r.call('SET', PREY, 1)",
            "local r = rawget(redis, '__index') or redis.__index r.call('SELECT', 0) r.call('SET', PREY, 1)",
            "setmetatable(redis, nil) redis.call('SELECT', 0) redis.call('SET', PREY, 1)",
            "redis.call = nil redis.call('SELECT', 0) redis.call('SET', PREY, 1)",
            "redis.pcall = nil redis.pcall('SELECT', 0) redis.pcall('SET', PREY, 1)",
            "redis.pcall = redis.call redis.pcall('SELECT', 0) redis.call('SET', PREY, 1)",
            "rawset(redis, 'call', nil) redis.call('SELECT', 0) redis.call('SET', PREY, 1)",
            "server.call('SELECT', 0) server.call('SET', PREY, 1)",
            "local r = _G.redis r.call('SELECT', 0) r.call('SET', PREY, 1)",
            "local r = getfenv(0).redis r.call('SELECT', 0) r.call('SET', PREY, 1)",
            "local r = getfenv(1).redis r.call('SELECT', 0) r.call('SET', PREY, 1)",
            "local r = getfenv(redis.call).redis r.call('SELECT', 0) r.call('SET', PREY, 1)",
            "setfenv(1, {redis = redis}) redis.call('SELECT', 0) redis.call('SET', PREY, 1)",
            "loadstring('redis.call(\"SELECT\", 0) redis.call(\"SET\", \"mr:{prey}\", 1)')()",
            "load(function() return nil end)() local f = loadstring(string.dump(function() redis.call('SELECT', 0) end)) f() redis.call('SET', PREY, 1)",
            "local _, r = debug.getupvalue(redis.call, 1) r('SELECT', 0) r('SET', PREY, 1)",
            "debug.getregistry()._LOADED.redis.call('SELECT', 0)",
            "local r = package.loaded.redis r.call('SELECT', 0) r.call('SET', PREY, 1)",
            "require('redis').call('SELECT', 0)",
            "dofile('/proc/self/environ')",
            "local c = coroutine.wrap(function() redis.call('SELECT', 0) redis.call('SET', PREY, 1) end) c()",
            "xpcall(function() redis.call('SELECT', 0) end, function() redis.call('SET', PREY, 1) end) local ok = pcall(redis.call, 'SELECT', 0) "
                    + "if ok then redis.call('SET', PREY, 1) end",
            "string.gsub('SELECT', '.+', function(name) redis.call(name, 0) end) redis.call('SET', PREY, 1)",
            "redis.register_function('x', function() end)",
            "redis.call('EVAL', 'return redis.call(\"SELECT\", 0)', 0)",
            "redis.call('SWAPDB', 0, 1)",
            "redis.call('SET', PREY, 1) redis.call('MOVE', PREY, 0)",
            "redis.call('SET', PREY, 1) redis.call('MIGRATE', '127.0.0.1', redis.call('CONFIG', 'GET', 'port')[2], PREY, 0, 1000)"})
    void noTrickLeadsOutOfTheDatabase(String trick) {
        String script = trick.replace("PREY", "'" + PREY + "'");
        run("EVAL", script, 0);
        run("EVAL_RO", script, 0);
        Kv.Answer loaded = run("SCRIPT", "LOAD", script);
        if (loaded.status() == 200) {
            run("EVALSHA", loaded.result().textValue(), 0);
        }
        nothingWasCaught();
        result("DEL", PREY);
    }

    /** What other scripts use, such as the service's, is as it was. */
    @ParameterizedTest
    @ValueSource(strings = {
            "string.upper = nil",
            "rawset(string, 'poison', 1)",
            "poison = 1",
            "rawset(_G, 'poison', 1)",
            "getmetatable('').__index = function() return 'poison' end",
            "getmetatable('').__add = function() return 'poison' end",
            "rawset(getmetatable(''), '__call', function() return 'poison' end)",
            "local m = getmetatable(cjson) m.__index = nil",
            "cjson.encode = nil",
            "cjson.encode_number_precision(1)",
            "cjson.encode_max_depth(1)",
            "cjson.decode_max_depth(1)",
            "cjson.encode_sparse_array(true)",
            "redis.sha1hex = nil",
            "table.insert = nil",
            "math.floor = nil",
            "cmsgpack.pack = nil"})
    void noScriptChangesWhatOthersUse(String trick) {
        run("EVAL", trick, 0);
        String probe = "local nested = 0 for i = 1, 50 do nested = {nested} end "
                + "return tostring(string.upper ~= nil and rawget(string, 'poison') == nil and rawget(_G, 'poison') == nil "
                + "and ('x').y == nil and not pcall(function() return 'x' + 1 end) and not pcall(function() return ('x')() end) "
                + "and redis.sha1hex ~= nil and table.insert ~= nil and math.floor ~= nil and cmsgpack.pack ~= nil) "
                + ".. cjson.encode(1.23456789) .. #cjson.encode(nested) .. tostring(pcall(cjson.encode, {[1] = 1, [9999] = 1}))";
        assertEquals("true1.23456789101false", redis.call("EVAL", probe, 0));
    }

    /** Whatever may not be run as a command may not be run by a script either. */
    @Test
    void aScriptMayRunNoMoreThanItsCaller() {
        List<List<?>> commands = new ArrayList<>();
        redis.list("COMMAND").forEach(command -> commands.add((List<?>) command));
        assertTrue(commands.size() > 150);
        // What may be done otherwise, what does not wait in scripts, and what was refused for its arguments.
        Set<String> fine = Set.of("blpop", "brpop", "blmove", "brpoplpush", "blmpop", "bzpopmin", "bzpopmax", "bzmpop",
                "keys", "flushall");
        Set<String> allowed = new TreeSet<>();
        for (List<?> command : commands) {
            String name = (String) command.get(0);
            List<Object> words = new ArrayList<>(List.of(name));
            words.addAll(Collections.nCopies((int) Math.abs((Long) command.get(1)) - 1, "a"));
            if (Kv.run(words.toArray()).json().toString().contains("NOPERM") && !fine.contains(name)) {
                List<Object> script = new ArrayList<>(List.of("EVAL", "return redis.call(unpack(ARGV))", 0));
                script.addAll(words);
                String error = run(script.toArray()).json().path("error").asText();
                if (!error.matches(".*(NOPERM|not allowed from|Unknown (Redis )?command called).*")) {
                    allowed.add(name + ": " + error);
                }
            }
        }
        assertEquals(Set.of(), allowed);
    }

    @Test
    void scriptsMayNotPublishToTheServicesChannels() {
        for (String name : List.of("PUBLISH", "publish", "SPUBLISH")) {
            for (String call : List.of("call", "pcall")) {
                assertTrue(run("EVAL", "return redis." + call + "('" + name + "', 'mr:x', 'y')", 0).error(400)
                        .contains("NOPERM"));
            }
        }
    }

    @Test
    void whoMayOnlyReadRunsNoScripts() {
        String k = key();
        result("SET", k, "v");
        assertTrue(Kv.as(COMMAND_READER, "EVAL", "return 1", 0).error(400).startsWith("NOPERM "));
        assertTrue(Kv.as(COMMAND_READER, "SCRIPT", "LOAD", "return 1").error(400).startsWith("NOPERM "));
        if (has("EVAL_RO")) {
            assertTrue(Kv.as(COMMAND_READER, "EVAL_RO", "return 1", 0).error(400).startsWith("NOPERM "));
            assertEquals("v", result("EVAL_RO", "return redis.call('GET', KEYS[1])", 1, k).textValue());
        }
        assertEquals("v", result("GET", k).textValue());
        assertFalse(result("DBSIZE").intValue() == 0);
    }

    private boolean has(String command) {
        return redis.list("COMMAND", "INFO", command).get(0) != null;
    }

    private String sha1(String script) {
        return (String) redis.call("EVAL", "return redis.sha1hex(ARGV[1])", 0, script);
    }
}
