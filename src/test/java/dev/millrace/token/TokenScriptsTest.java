package dev.millrace.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import dev.millrace.redis.VirtualRedis;
import dev.millrace.token.model.FamilyModel;
import dev.millrace.token.model.FamilyModel.Family;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.BeforeTry;

/**
 * Guarantees of the scripts behind refresh tokens, for any history of one user's families in which any token that ever was is
 * presented at any time: they answer what the model answers, keep what it keeps and tell what it tells, in order; whoever has
 * something to expire is due; and every key expires.
 */
class TokenScriptsTest {

    private static final String USER = "user one";
    private static final String OWNER = "t:one";
    private static final List<String> KEYS = List.of("records", "index", "due", "events");
    private static final int MOST = 3;
    private static final long RACE = 20;
    /** More than any history tells. */
    private static final int EVENTS_KEPT = 1000;

    private enum Action {
        ADD,
        ROTATE,
        INSPECT,
        REMOVE,
        EXPIRE
    }

    /** How much time passes before. */
    private enum Passing {
        SOME,
        UNTIL_JUST_BEFORE_AN_END,
        UNTIL_AN_END,
        UNTIL_JUST_BEFORE_TRUST_ENDS,
        UNTIL_TRUST_ENDS
    }

    /**
     * Some time passes, then something is done.
     *
     * @param micros how much, if it is SOME
     * @param family which one: 0 is the newest
     * @param age of the token that is presented: 0 is the present one, 1 the one before; 5 was never given
     */
    private record Step(Passing passing, long micros, Action action, int family, int age, long idle, long absolute,
            long grace) {}

    private final VirtualRedis redis = VirtualRedis.fresh();
    private final List<Family> begun = new ArrayList<>();
    private FamilyModel model;
    private int secrets;

    @BeforeTry
    void forgetAll() {
        VirtualRedis.fresh();
        model = new FamilyModel(USER, RACE);
        begun.clear();
        secrets = 0;
    }

    @Provide
    Arbitrary<List<Step>> histories() {
        Arbitrary<Passing> passing = Arbitraries.frequency(Tuple.of(12, Passing.SOME),
                Tuple.of(1, Passing.UNTIL_JUST_BEFORE_AN_END), Tuple.of(1, Passing.UNTIL_AN_END),
                Tuple.of(1, Passing.UNTIL_JUST_BEFORE_TRUST_ENDS), Tuple.of(1, Passing.UNTIL_TRUST_ENDS));
        Arbitrary<Long> micros = Arbitraries.frequencyOf(Tuple.of(3, Arbitraries.just(0L)),
                Tuple.of(4, Arbitraries.longs().between(1, 15_000)),
                Tuple.of(2, Arbitraries.longs().between(1, 300_000)),
                Tuple.of(1, Arbitraries.longs().between(1, 60_000_000)));
        Arbitrary<Action> actions = Arbitraries.frequency(Tuple.of(4, Action.ADD), Tuple.of(12, Action.ROTATE),
                Tuple.of(3, Action.INSPECT), Tuple.of(1, Action.REMOVE), Tuple.of(2, Action.EXPIRE));
        Arbitrary<Integer> ages = Arbitraries.frequency(Tuple.of(12, 0), Tuple.of(4, 1), Tuple.of(1, 2),
                Tuple.of(1, 3), Tuple.of(1, 5));
        return Combinators.combine(passing, micros, actions, Arbitraries.integers().between(0, 4), ages,
                Arbitraries.of(1L, 50L, 1000L, 1_209_600_000L), Arbitraries.of(1L, 200L, 5000L, 34_560_000_000L),
                Arbitraries.of(0L, 0L, 1L, 30L, 60_000L)).as(Step::new).list().ofMaxSize(60);
    }

    @Property
    void answerAsTheModelDoes(@ForAll("histories") List<Step> history) {
        for (Step step : history) {
            pass(step);
            take(step);
            requireSameKept();
            assertEquals(List.of(), redis.immortal());
        }
        assertEquals(model.events(), events());
    }

    /** The two ends of a family, to the ms. */
    @Example
    void aFamilyLivesUntilTheVeryMsOfItsEnd() {
        begin(100, 250, 0);
        for (long passes : new long[]{99, 99}) {
            redis.advance(passes * 1000);
            assertNotNull(inspect(begun.get(0), 0), "1 ms before it has been idle for too long");
            rotate(begun.get(0), 0);
        }
        redis.advance(51_000);
        assertNotNull(inspect(begun.get(0), 0), "1 ms before its absolute end");
        redis.advance(1000);
        assertNull(inspect(begun.get(0), 0));
        rotate(begun.get(0), 0);
        begin(100, 250, 0);
        redis.advance(100_000);
        assertNull(inspect(begun.get(1), 0), "idle for too long");
        rotate(begun.get(1), 0);
    }

    /** Where no service runs that would sweep, a day after the last possible end nothing is left but the events. */
    @Example
    void whatNobodySweepsExpires() {
        begin(50, 1000, 0);
        begin(50, 5000, 0);
        redis.advance(86_400_000_000L + 4_999_000);
        assertEquals(0L, redis.raw("user/expire-4", List.of("others", "others index", "due", "events"),
                List.of("token", "t:other", 9, EVENTS_KEPT)));
        assertNotNull(redis.call("HGET", "records", "user"));
        redis.advance(86_400_000_000L);
        assertEquals(List.of("", ""), redis.raw("user/list-2", List.of("records", "index"), List.of(5, "", 1000)));
        assertEquals(List.of(), redis.raw("user/due-N", List.of("due"), List.of(9)));
        assertEquals(0L, redis.call("EXISTS", "records", "index", "due"));
    }

    private void pass(Step step) {
        long now = redis.now() / 1000;
        long end = model.kept().stream().mapToLong(Family::ends).filter(at -> at > now).min().orElse(now + 1);
        long trust = begun.isEmpty() ? now : begun.get(begun.size() - 1).trustEnds(RACE);
        switch (step.passing()) {
            case SOME -> redis.advance(step.micros());
            case UNTIL_JUST_BEFORE_AN_END -> redis.advance(end * 1000 - 1 - redis.now());
            case UNTIL_AN_END -> redis.advance(end * 1000 - redis.now());
            case UNTIL_JUST_BEFORE_TRUST_ENDS -> redis.advance(Math.max(0, trust * 1000 - 1 - redis.now()));
            default -> redis.advance(Math.max(0, trust * 1000 - redis.now()));
        }
    }

    private void take(Step step) {
        if (step.action() == Action.ADD || begun.isEmpty()) {
            begin(step.idle(), step.absolute(), step.grace());
            return;
        }
        Family family = begun.get(Math.max(0, begun.size() - 1 - step.family()));
        switch (step.action()) {
            case ROTATE -> rotate(family, step.age());
            case INSPECT -> inspect(family, step.age());
            case REMOVE -> remove(family);
            default -> expire(1 + step.age());
        }
    }

    private void begin(long idle, long absolute, long grace) {
        String id = id(begun.size());
        Family family = new Family(id, secret(), redis.now() / 1000, idle, absolute, grace);
        begun.add(family);
        model.add(redis.now() / 1000, family, MOST);
        assertEquals(List.of(1L, family.state()), redis.raw("user/add-4", KEYS, List.of(id, family.token(0), USER,
                "{}", "", grace, idle, absolute, MOST, 1, "token", OWNER, EVENTS_KEPT)));
    }

    private void rotate(Family family, int age) {
        String id = id(begun.indexOf(family));
        String token = token(family, age);
        String successor = secret();
        List<?> reply = (List<?>) redis.raw("token/rotate-4", KEYS,
                List.of(id, token, successor, "salt-of-" + successor, RACE, OWNER, EVENTS_KEPT));
        List<?> expected = switch (model.rotate(redis.now() / 1000, id, token, successor, "salt-of-" + successor)) {
            case FIRST -> List.of(1L, USER, family.state(), "{}");
            case AGAIN -> List.of(2L, USER, family.state(), "{}");
            case INVALID -> List.of(0L);
            case SUPERSEDED -> List.of(3L);
            case REUSED -> List.of(-1L);
        };
        assertEquals(expected, reply);
    }

    private Object inspect(Family family, int age) {
        String id = id(begun.indexOf(family));
        Object reply = redis.raw("token/inspect-1", List.of("records"), List.of(id, token(family, age)));
        boolean valid = age == 0 && model.living(redis.now() / 1000, id) != null;
        assertEquals(valid ? List.of(USER, family.state(), "{}") : null, reply);
        return reply;
    }

    private void remove(Family family) {
        String id = id(begun.indexOf(family));
        assertEquals(model.remove(redis.now() / 1000, id, "logout") ? 1L : 0L,
                redis.raw("user/remove-4", KEYS, List.of(id, "", "token", "logout", OWNER, EVENTS_KEPT)));
    }

    private void expire(int most) {
        boolean due = redis.raw("user/due-N", List.of("due"), List.of(9)).equals(List.of(OWNER));
        long removed = model.expire(redis.now() / 1000, most);
        assertTrue(due || removed == 0, "whoever has something to expire is due");
        assertEquals(removed, redis.raw("user/expire-4", KEYS, List.of("token", OWNER, most, EVENTS_KEPT)));
    }

    private void requireSameKept() {
        Map<Object, Object> fields = new TreeMap<>();
        List<Object> index = new ArrayList<>();
        for (Family family : model.kept()) {
            String id = family.member().substring(13);
            fields.putAll(Map.of("user", USER, id, family.state(), id + ":d", "{}"));
            index.addAll(List.of(family.member(), Long.toString(family.ends())));
        }
        List<?> kept = (List<?>) redis.call("HGETALL", "records");
        Map<Object, Object> found = new TreeMap<>();
        for (int i = 0; i < kept.size(); i += 2) {
            found.put(kept.get(i), kept.get(i + 1));
        }
        assertEquals(fields, found);
        assertEquals(index, redis.call("ZRANGE", "index", 0, -1, "WITHSCORES"));
        String due = (String) redis.call("ZSCORE", "due", OWNER);
        assertEquals(index.isEmpty(), due == null, "due as long as there is something");
        assertTrue(due == null || Long.parseLong(due) <= model.kept().get(0).ends(), "due at the first end or before");
    }

    private List<List<?>> events() {
        List<List<?>> events = new ArrayList<>();
        for (Object entry : (List<?>) redis.call("XRANGE", "events", "-", "+")) {
            events.add((List<?>) ((List<?>) entry).get(1));
        }
        return events;
    }

    private String token(Family family, int age) {
        String token = family.token(age);
        return token == null ? "never-given" : token;
    }

    private String secret() {
        return "digest-" + ++secrets;
    }

    private static String id(int number) {
        return "family%02d".formatted(number);
    }
}
