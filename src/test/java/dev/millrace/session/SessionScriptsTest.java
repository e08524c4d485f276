package dev.millrace.session;

import static dev.millrace.redis.VirtualRedis.await;
import static dev.millrace.user.VirtualUser.TENANT;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import dev.millrace.redis.VirtualRedis;
import dev.millrace.redis.VirtualRedis.Refusal;
import dev.millrace.session.SessionHistories.Step;
import dev.millrace.session.model.SessionModel;
import dev.millrace.session.model.SessionModel.Held;
import dev.millrace.session.model.SessionModel.Session;
import dev.millrace.user.CountedRandom;
import dev.millrace.user.RecordKind;
import dev.millrace.user.RecordPage;
import dev.millrace.user.RecordState;
import dev.millrace.user.RemoveCode;
import dev.millrace.user.StoredRecord;
import dev.millrace.user.UserRecords;
import dev.millrace.user.VirtualUser;

import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.BeforeTry;

/**
 * Guarantees of the stores behind sessions, for any history of one user's: they answer what the model answers, keep what it
 * keeps and tell what it tells, in order; what has ended never comes back; whoever has something to expire is due; every
 * key expires; and what Redis refuses to write changes nothing.
 */
class SessionScriptsTest {

    private static final int MOST_BYTES = 60;
    private static final int NO_END = 1 << 20;
    private static final long[] GRACES = {0, 1, 30, 600_000};

    private final VirtualRedis redis = VirtualRedis.fresh();
    private final SessionStore store = new SessionStore(redis);
    private final VirtualUser user = new VirtualUser(redis, RecordKind.SESSION);
    private final CountedRandom random = new CountedRandom();
    private final List<String> created = new ArrayList<>();
    /** Of each session all that it has had, the present one last. */
    private final Map<String, List<SessionToken>> tokens = new HashMap<>();
    private final Set<String> gone = new HashSet<>();
    private SessionModel model;

    @BeforeTry
    void forgetAll() {
        VirtualRedis.fresh();
        model = new SessionModel(VirtualUser.NAME, UserRecords.ROTATION_REMEMBERED_MS);
        created.clear();
        tokens.clear();
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
            redis.take(step.refusal(), () -> take(step));
            requireSameKept();
            requireNoneCameBack();
        }
        assertEquals(model.events(), user.events());
        assertEquals(List.of(), redis.immortal());
    }

    private void pass(Step step) {
        long now = redis.ms();
        long end = model.list(now).stream().mapToLong(Session::ends).min().orElse(now + 1);
        long graceEnd = model.graceEnds().stream().filter(at -> at > now).min(Long::compare).orElse(now + 1);
        switch (step.passing()) {
            case SOME -> redis.advance(step.micros());
            case UNTIL_JUST_BEFORE_AN_END -> redis.advance(end * 1000 - 1 - redis.now());
            case UNTIL_AN_END -> redis.advance(end * 1000 - redis.now());
            case UNTIL_JUST_BEFORE_A_GRACE_ENDS -> redis.advance(graceEnd * 1000 - 1 - redis.now());
            default -> redis.advance(graceEnd * 1000 - redis.now());
        }
    }

    /** Asks the store first: what is refused ends here, and the model is not asked. */
    private void take(Step step) {
        long now = redis.ms();
        SessionToken token = token(step);
        String id = token.id();
        String digest = token.digest();
        switch (step.action()) {
            case CREATE -> create(now, step);
            case LOOK -> {
                CurrentResult found = await(store.current(TENANT, token, false));
                assertEquals(code(model.held(now, id, digest)), found.code());
                assertEquals(stored(model.current(now, id, digest)), found.session());
            }
            case TOUCH -> {
                // That the use cannot be noted is no reason to turn the user away.
                CurrentResult found = assertDoesNotThrow(() -> await(store.current(TENANT, token, true)));
                assertEquals(code(model.held(now, id, digest)), found.code());
                assertEquals(stored(step.refusal() == Refusal.NONE
                        ? model.touch(now, id, digest)
                        : model.current(now, id, digest)), found.session());
            }
            case PATCH -> patch(now, token, step);
            case ROTATE -> {
                rotate(now, token, step);
            }
            case LOG_OUT -> {
                RemoveCode removed = user.removal(id, digest, "logout");
                assertEquals(model.remove(now, id, digest, "logout"), removed.code());
            }
            case REVOKE -> {
                RemoveCode removed = user.removal(id, null, "revoked");
                assertEquals(model.remove(now, id, null, "revoked"), removed.code());
            }
            case REVOKE_ALL -> {
                long code = user.removeAll(null);
                assertEquals(model.removeAll(now, ""), code);
            }
            case REVOKE_OTHERS -> {
                long code = user.removeAll(id);
                assertEquals(model.removeAll(now, id), code);
            }
            case SWEEP -> sweep(now, 1 + step.n(), step.refusal());
            default -> list(now, 1 + step.n(), step.session() % 2 == 0 ? MOST_BYTES : NO_END);
        }
    }

    /** The present token of a session; that before it, or one it never had; or one of no session. */
    private SessionToken token(Step step) {
        if (step.session() >= created.size()) {
            return SessionToken.random(user.key(), random);
        }
        List<SessionToken> given = tokens.get(created.get(created.size() - 1 - step.session()));
        SessionToken present = given.get(given.size() - 1);
        return step.n() > 0
                ? present
                : given.size() > 1 ? given.get(given.size() - 2) : present.successor(random.salt());
    }

    private void create(long now, Step step) {
        // Their ids are in any order, for of the sessions of one ms the id decides.
        SessionToken token = SessionToken.random(user.key(), random);
        String device = step.n() % 2 == 0 ? "" : "{\"ipAddress\":\"::1\"}";
        String authTime = step.n() % 2 == 0 ? "0" : "1767000000000";
        Session session = new Session(token.id(), token.digest(), device, authTime, redis.now(), step.idle(),
                step.absolute());
        boolean evict = step.session() % 2 == 0;
        RecordState state = user.add(token.id(), token.digest(), "{}", device, authTime, step.idle(), step.absolute(),
                step.most(), evict);
        if (model.create(now, session, step.most(), evict)) {
            created.add(token.id());
            tokens.put(token.id(), new ArrayList<>(List.of(token)));
            assertEquals(RecordState.parse(session.texts().get(0)), state);
        } else {
            assertNull(state);
        }
    }

    private void rotate(long now, SessionToken token, Step step) {
        byte[] salt = random.salt();
        String text = Base64.getUrlEncoder().withoutPadding().encodeToString(salt);
        SessionToken successor = token.successor(salt);
        long grace = GRACES[step.most() % GRACES.length];
        boolean proved = step.n() % 2 == 0;
        RotateResult rotated = await(store.rotate(TENANT, token, successor, text, grace, proved));
        Held held = model.rotate(now, token.id(), token.digest(), successor.digest(), text, grace, proved);
        assertEquals(switch (held) {
            case PRESENT -> RotateCode.FIRST;
            case PREVIOUS -> RotateCode.AGAIN;
            case ROTATED -> RotateCode.SUPERSEDED;
            case INVALID -> RotateCode.INVALID;
        }, rotated.code());
        assertEquals(held == Held.PRESENT || held == Held.PREVIOUS
                ? stored(model.list(now).stream().filter(s -> s.id.equals(token.id())).findAny().orElseThrow())
                : null, rotated.session());
        if (held == Held.PRESENT) {
            tokens.get(token.id()).add(successor);
        } else if (held == Held.PREVIOUS) {
            List<SessionToken> given = tokens.get(token.id());
            byte[] again = Base64.getUrlDecoder().decode(SessionTail.salt(rotated.session().state()));
            assertEquals(given.get(given.size() - 1).text(), token.successor(again).text(), "the same successor");
        }
    }

    private static CurrentCode code(Held held) {
        return switch (held) {
            case PRESENT, PREVIOUS -> CurrentCode.FOUND;
            case ROTATED -> CurrentCode.SUPERSEDED;
            case INVALID -> CurrentCode.INVALID;
        };
    }

    private void patch(long now, SessionToken token, Step step) {
        String name = "abc".substring(step.n() % 3, step.n() % 3 + 1);
        String value = step.n() < 2 ? null : step.n() < 5 ? Integer.toString(step.n()) : '"' + "x".repeat(30) + '"';
        List<Long> versions = step.most() < 3 ? List.of() : List.of((long) step.most() - 2, 3L);
        PatchResult outcome = await(store.patch(TENANT, token, "{\"" + name + "\":" + value + '}',
                versions.isEmpty() ? null : versions, MOST_BYTES));
        SessionModel.Patched patched = model.patch(now, token.id(), token.digest(), versions, name, value, MOST_BYTES);
        assertEquals(patched.name(), outcome.patched().name());
        Session session = model.current(now, token.id(), token.digest());
        assertEquals(patched == SessionModel.Patched.DONE ? stored(session) : null, outcome.session());
        assertEquals(patched == SessionModel.Patched.STALE
                ? Long.parseLong(session.texts().get(0).split(" ")[1])
                : 0, outcome.version());
    }

    private void sweep(long now, int most, Refusal refusal) {
        boolean due = user.isDue();
        redis.refuseNext(refusal);
        long removed = user.expire(most);
        assertEquals(model.expire(now, most), removed);
        assertTrue(due || removed == 0, "who has something to expire is due");
        String first = model.kept().isEmpty() ? null : Long.toString(model.kept().get(0).ends());
        assertEquals(first, user.dueAt(), "due at the next end");
    }

    private void list(long now, int limit, int bytes) {
        List<Session> rest = model.list(now);
        String before = null;
        do {
            List<StoredRecord> expected = new ArrayList<>();
            int size = 0;
            int shown = 0;
            for (; shown < rest.size() && shown < limit && size <= bytes; shown++) {
                expected.add(stored(rest.get(shown)));
                size += rest.get(shown).texts().stream().mapToInt(String::length).sum();
            }
            String next = shown < rest.size() ? rest.get(shown - 1).member() : null;
            assertEquals(new RecordPage(expected, next), user.list(limit, before, bytes));
            before = next;
            rest = rest.subList(shown, rest.size());
        } while (before != null);
    }

    private void requireSameKept() {
        Map<Object, Object> fields = new TreeMap<>();
        List<Object> index = new ArrayList<>();
        for (Session session : model.kept()) {
            List<String> texts = session.texts();
            fields.putAll(Map.of("user", VirtualUser.NAME, session.id, texts.get(0), session.id + ":d", texts.get(1)));
            if (!texts.get(2).isEmpty()) {
                fields.put(session.id + ":v", texts.get(2));
            }
            index.addAll(List.of(session.member(), Long.toString(session.ends())));
            fields.put("last", model.last());
        }
        assertEquals(fields, user.hash());
        assertEquals(index, user.index());
        String due = user.dueAt();
        if (index.isEmpty()) {
            assertNull(due);
        } else {
            assertTrue(Long.parseLong(due) <= model.kept().get(0).ends(), "due at the first end or before");
        }
    }

    /** Asks the store alone, in case the model errs as it does. */
    private void requireNoneCameBack() {
        Collection<String> alive = user.list(500, null, NO_END).records().stream().map(StoredRecord::id).toList();
        assertTrue(alive.stream().noneMatch(gone::contains), () -> alive + " has one of " + gone);
        gone.addAll(created);
        gone.removeAll(alive);
    }

    private static StoredRecord stored(Session session) {
        if (session == null) {
            return null;
        }
        List<String> texts = session.texts();
        return new StoredRecord(session.id, VirtualUser.NAME, RecordState.parse(texts.get(0)), texts.get(1),
                texts.get(2));
    }
}
