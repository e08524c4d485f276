package dev.millrace.session;

import static dev.millrace.session.SessionScripts.DUE;
import static dev.millrace.session.SessionScripts.INDEX;
import static dev.millrace.session.SessionScripts.OWNER;
import static dev.millrace.session.SessionScripts.RECORDS;
import static dev.millrace.session.SessionScripts.USER;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import dev.millrace.redis.VirtualRedis;
import dev.millrace.session.SessionHistories.Step;
import dev.millrace.session.model.SessionModel;
import dev.millrace.session.model.SessionModel.Patched;
import dev.millrace.session.model.SessionModel.Session;

import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.BeforeTry;

/**
 * Guarantees of the scripts behind sessions, for any history of one user's: they answer what the model answers, keep what it
 * keeps and tell what it tells, in order; what has ended never comes back; whoever has something to expire is due; and every
 * key expires.
 */
class SessionScriptsTest {

    private static final int MOST_BYTES = 60;
    private static final int NO_END = 1 << 20;

    private final VirtualRedis redis = VirtualRedis.fresh();
    private final SessionScripts scripts = new SessionScripts(redis);
    private final List<String> created = new ArrayList<>();
    private final Map<String, Integer> rotations = new TreeMap<>();
    private final Set<String> gone = new HashSet<>();
    private SessionModel model;

    @BeforeTry
    void forgetAll() {
        VirtualRedis.fresh();
        model = new SessionModel(USER);
        created.clear();
        rotations.clear();
        gone.clear();
    }

    @Provide
    Arbitrary<List<Step>> histories() {
        return SessionHistories.histories();
    }

    @Property
    void answerAsTheModelDoes(@ForAll("histories") List<Step> history) {
        for (Step step : history) {
            pass(step);
            take(step);
            requireSameKept();
            requireNoneCameBack();
        }
        assertEquals(model.events(), scripts.events());
        assertEquals(List.of(), redis.immortal());
    }

    private void pass(Step step) {
        long now = scripts.now();
        long end = model.list(now).stream().mapToLong(Session::ends).min().orElse(now + 1);
        switch (step.passing()) {
            case SOME -> redis.advance(step.micros());
            case UNTIL_JUST_BEFORE_AN_END -> redis.advance(end * 1000 - 1 - redis.now());
            default -> redis.advance(end * 1000 - redis.now());
        }
    }

    private void take(Step step) {
        long now = scripts.now();
        String id = step.session() < created.size() ? created.get(created.size() - 1 - step.session()) : "nobody";
        String digest = digest(id, step.n() == 0 ? -1 : 0);
        switch (step.action()) {
            case CREATE -> create(now, step);
            case LOOK -> assertEquals(texts(model.current(now, id, digest)), scripts.current(id, digest, false));
            case TOUCH -> assertEquals(texts(model.touch(now, id, digest)), scripts.current(id, digest, true));
            case PATCH -> patch(now, id, digest, step);
            case ROTATE -> {
                String successor = digest(id, 1);
                Session rotated = model.rotate(now, id, digest, successor, step.n() % 2 == 0);
                rotations.merge(id, rotated == null ? 0 : 1, Integer::sum);
                assertEquals(texts(rotated), scripts.rotate(id, digest, successor, step.n() % 2 == 0));
            }
            case LOG_OUT -> assertEquals(model.remove(now, id, digest, "logout") ? 1L : 0L,
                    scripts.remove(id, digest, "logout"));
            case REVOKE -> assertEquals(model.remove(now, id, null, "revoked") ? 1L : 0L,
                    scripts.remove(id, "", "revoked"));
            case REVOKE_ALL -> assertEquals(model.removeAll(now, ""), scripts.removeAll(""));
            case REVOKE_OTHERS -> assertEquals(model.removeAll(now, id), scripts.removeAll(id));
            case SWEEP -> sweep(now, 1 + step.n());
            default -> list(now, 1 + step.n(), step.session() % 2 == 0 ? MOST_BYTES : NO_END);
        }
    }

    private void create(long now, Step step) {
        // Not in the order of time, for of the sessions of one ms the id decides.
        String id = "id%02d".formatted(created.size() * 37 % 100);
        String device = step.n() % 2 == 0 ? "" : "{\"ipAddress\":\"::1\"}";
        String authTime = step.n() % 2 == 0 ? "0" : "1767000000000";
        Session session = new Session(id, digest(id, 0), device, authTime, now, step.idle(), step.absolute());
        boolean evict = step.session() % 2 == 0;
        Object reply = scripts.create(id, digest(id, 0), device, authTime, step.idle(), step.absolute(),
                step.most(), evict);
        if (model.create(now, session, step.most(), evict)) {
            created.add(id);
            assertEquals(List.of(1L, session.texts().get(0)), reply);
        } else {
            assertEquals(List.of(0L, (long) model.list(now).size()), reply);
        }
    }

    private void patch(long now, String id, String digest, Step step) {
        String name = "abc".substring(step.n() % 3, step.n() % 3 + 1);
        String value = step.n() < 2 ? null : step.n() < 5 ? Integer.toString(step.n()) : '"' + "x".repeat(30) + '"';
        List<Long> versions = step.most() < 3 ? List.of() : List.of((long) step.most() - 2, 3L);
        Object reply = scripts.patch(id, digest, "{\"" + name + "\":" + value + '}', versions, MOST_BYTES);
        Patched patched = model.patch(now, id, digest, versions, name, value, MOST_BYTES);
        Session session = model.current(now, id, digest);
        assertEquals(switch (patched) {
            case DONE -> {
                List<Object> expected = new ArrayList<>(List.of(1L));
                expected.addAll(texts(session));
                yield expected;
            }
            case INVALID -> List.of(0L);
            case STALE -> List.of(-1L, Long.valueOf(session.texts().get(0).split(" ")[1]));
            default -> List.of(-2L);
        }, reply);
    }

    private void sweep(long now, int most) {
        boolean due = scripts.due().equals(List.of(OWNER));
        long removed = model.expire(now, most);
        assertTrue(due || removed == 0, "who has something to expire is due");
        assertEquals(removed, scripts.expire(most));
        String first = model.kept().isEmpty() ? null : Long.toString(model.kept().get(0).ends());
        assertEquals(first, redis.call("ZSCORE", DUE, OWNER), "due at the next end");
    }

    private void list(long now, int limit, int bytes) {
        List<Session> rest = model.list(now);
        String before = "";
        do {
            List<Object> expected = new ArrayList<>(List.of(model.kept().isEmpty() ? "" : USER, ""));
            int size = 0;
            int shown = 0;
            for (; shown < rest.size() && shown < limit && size <= bytes; shown++) {
                expected.add(rest.get(shown).id);
                expected.addAll(rest.get(shown).texts());
                size += rest.get(shown).texts().stream().mapToInt(String::length).sum();
            }
            expected.set(1, shown < rest.size() ? rest.get(shown - 1).member() : "");
            assertEquals(expected, scripts.list(limit, before, bytes));
            before = (String) expected.get(1);
            rest = rest.subList(shown, rest.size());
        } while (!before.isEmpty());
    }

    private void requireSameKept() {
        Map<Object, Object> fields = new TreeMap<>();
        List<Object> index = new ArrayList<>();
        for (Session session : model.kept()) {
            List<String> texts = session.texts();
            fields.putAll(Map.of("user", USER, session.id, texts.get(0), session.id + ":d", texts.get(1)));
            if (!texts.get(2).isEmpty()) {
                fields.put(session.id + ":v", texts.get(2));
            }
            index.addAll(List.of(session.member(), Long.toString(session.ends())));
        }
        assertEquals(fields, map((List<?>) redis.call("HGETALL", RECORDS)));
        assertEquals(index, redis.call("ZRANGE", INDEX, 0, -1, "WITHSCORES"));
        String due = (String) redis.call("ZSCORE", DUE, OWNER);
        if (index.isEmpty()) {
            assertNull(due);
        } else {
            assertTrue(Long.parseLong(due) <= model.kept().get(0).ends(), "due at the first end or before");
        }
    }

    /** Asks the scripts alone, in case the model errs as they do. */
    private void requireNoneCameBack() {
        List<?> reply = scripts.list(500, "", NO_END);
        Collection<String> alive = new ArrayList<>();
        for (int i = 2; i < reply.size(); i += 4) {
            alive.add((String) reply.get(i));
        }
        assertTrue(alive.stream().noneMatch(gone::contains), () -> alive + " has one of " + gone);
        gone.addAll(created);
        gone.removeAll(alive);
    }

    /** Of the token that the session has after {@code ahead} more rotations. */
    private String digest(String id, int ahead) {
        return id + '#' + (rotations.getOrDefault(id, 0) + ahead);
    }

    private static List<String> texts(Session session) {
        if (session == null) {
            return null;
        }
        List<String> texts = new ArrayList<>(List.of(USER));
        texts.addAll(session.texts());
        return texts;
    }

    private static Map<Object, Object> map(List<?> flat) {
        Map<Object, Object> map = new TreeMap<>();
        for (int i = 0; i < flat.size(); i += 2) {
            map.put(flat.get(i), flat.get(i + 1));
        }
        return map;
    }
}
