package dev.millrace.token;

import static dev.millrace.redis.VirtualRedis.await;
import static dev.millrace.user.VirtualUser.TENANT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import dev.millrace.redis.Refusals;
import dev.millrace.redis.VirtualRedis;
import dev.millrace.redis.VirtualRedis.Refusal;
import dev.millrace.token.model.FamilyModel;
import dev.millrace.token.model.FamilyModel.Family;
import dev.millrace.token.model.FamilyModel.Outcome;
import dev.millrace.user.CountedRandom;
import dev.millrace.user.RecordKind;
import dev.millrace.user.RecordState;
import dev.millrace.user.StoredRecord;
import dev.millrace.user.VirtualUser;

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
 * Guarantees of the stores behind refresh tokens, for any history of one user's families in which any token that ever was is
 * presented at any time: they answer what the model answers, keep what it keeps and tell what it tells, in order; whoever has
 * something to expire is due; every key expires; and what Redis refuses to write changes nothing.
 */
class TokenScriptsTest {

    private static final int MOST = 3;
    private static final long RACE = TokenStore.RACE_MS;

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
     * @param refusal of what it writes
     */
    private record Step(Passing passing, long micros, Action action, int family, int age, long idle, long absolute,
            long grace, boolean lost, Refusal refusal) {

        Step refused(Refusal why) {
            return new Step(passing, micros, action, family, age, idle, absolute, grace, lost, why);
        }
    }

    private final VirtualRedis redis = VirtualRedis.fresh();
    private final VirtualUser user = new VirtualUser(redis, RecordKind.TOKEN);
    private final TokenStore store = new TokenStore(redis, user.records());
    private final SecureRandom random = new CountedRandom();
    private final List<Family> begun = new ArrayList<>();
    /** Of each family all that it has had, the present one last. */
    private final List<List<RefreshToken>> tokens = new ArrayList<>();
    private FamilyModel model;

    @BeforeTry
    void forgetAll() {
        VirtualRedis.fresh();
        model = new FamilyModel(VirtualUser.NAME, RACE);
        begun.clear();
        tokens.clear();
    }

    @Provide
    Arbitrary<List<Step>> histories() {
        Arbitrary<Passing> passing = Arbitraries.frequency(Tuple.of(12, Passing.SOME),
                Tuple.of(1, Passing.UNTIL_JUST_BEFORE_AN_END), Tuple.of(1, Passing.UNTIL_AN_END),
                Tuple.of(1, Passing.UNTIL_JUST_BEFORE_TRUST_ENDS), Tuple.of(1, Passing.UNTIL_TRUST_ENDS));
        Arbitrary<Long> micros = Arbitraries.frequencyOf(Tuple.of(3, Arbitraries.just(0L)),
                Tuple.of(4, Arbitraries.longs().between(1, 15_000)),
                Tuple.of(2, Arbitraries.longs().between(1, 300_000)),
                Tuple.of(2, Arbitraries.longs().between(1, 3_000_000)),
                Tuple.of(1, Arbitraries.longs().between(1, 60_000_000)));
        Arbitrary<Action> actions = Arbitraries.frequency(Tuple.of(4, Action.ADD), Tuple.of(12, Action.ROTATE),
                Tuple.of(3, Action.INSPECT), Tuple.of(1, Action.REMOVE), Tuple.of(2, Action.EXPIRE));
        Arbitrary<Integer> ages = Arbitraries.frequency(Tuple.of(12, 0), Tuple.of(4, 1), Tuple.of(1, 2),
                Tuple.of(1, 3), Tuple.of(1, 5));
        Arbitrary<Step> steps = Combinators
                .combine(passing, micros, actions, Arbitraries.integers().between(0, 4), ages,
                        Arbitraries.of(1L, 50L, 1000L, 1_209_600_000L),
                        Arbitraries.of(1L, 200L, 5000L, 34_560_000_000L),
                        // The last digit is 1 in families that allow for lost answers.
                        Arbitraries.of(0L, 0L, 10L, 300L, 600_000L, 1L, 301L, 600_001L))
                .as((how, time, action, family, age, idle, absolute, grace) -> new Step(how, time, action, family, age,
                        idle, absolute, grace / 10, grace % 10 == 1, Refusal.NONE));
        return Combinators.combine(steps, Refusals.some()).as(Step::refused).list().ofMaxSize(60);
    }

    @Property
    void answerAsTheModelDoes(@ForAll("histories") List<Step> history) {
        for (Step step : history) {
            pass(step);
            redis.take(step.refusal(), () -> take(step));
            requireSameKept();
            assertEquals(List.of(), redis.immortal());
        }
        assertEquals(model.events(), user.events());
    }

    /** The two ends of a family, to the ms. */
    @Example
    void aFamilyLivesUntilTheVeryMsOfItsEnd() {
        begin(100, 250, 0, false);
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
        begin(100, 250, 0, false);
        redis.advance(100_000);
        assertNull(inspect(begun.get(1), 0), "idle for too long");
        rotate(begun.get(1), 0);
    }

    /** Where no service runs that would sweep, a day after the last possible end nothing is left but the events. */
    @Example
    void whatNobodySweepsExpires() {
        begin(50, 1000, 0, false);
        begin(50, 5000, 0, false);
        redis.advance(86_400_000_000L + 4_999_000);
        assertEquals(0, user.expireOfANeighbour(9));
        assertNotNull(user.hash().get("user"));
        redis.advance(86_400_000_000L);
        assertEquals(List.of(), user.list(5, null, 1000).records());
        assertFalse(user.isDue());
        assertTrue(user.isGone());
    }

    private void pass(Step step) {
        long now = redis.ms();
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
            begin(step.idle(), step.absolute(), step.grace(), step.lost());
            return;
        }
        Family family = begun.get(Math.max(0, begun.size() - 1 - step.family()));
        switch (step.action()) {
            case ROTATE -> rotate(family, step.age());
            case INSPECT -> inspect(family, step.age());
            case REMOVE -> remove(family);
            default -> expire(1 + step.age(), step.refusal());
        }
    }

    /** Asks the store first, as all do: what is refused ends there, and the model is not asked. */
    private void begin(long idle, long absolute, long grace, boolean lost) {
        RefreshToken token = RefreshToken.random(user.key(), random);
        Family family = new Family(token.family(), token.digest(), redis.now(), idle, absolute, grace,
                lost);
        RecordState state = user.add(token.family(), token.digest(), "{}", "",
                TokenStore.tail(grace, lost ? LostAnswer.ALLOW : LostAnswer.DENY), idle, absolute, MOST, true);
        begun.add(family);
        tokens.add(new ArrayList<>(List.of(token)));
        model.add(redis.ms(), family, MOST);
        assertEquals(RecordState.parse(family.state()), state);
    }

    private void rotate(Family family, int age) {
        RefreshToken token = token(family, age);
        byte[] salt = new byte[16];
        random.nextBytes(salt);
        String text = Base64.getUrlEncoder().withoutPadding().encodeToString(salt);
        RefreshToken successor = token.successor(salt);
        RotationResult rotation = await(store.rotate(TENANT, token, successor, text));
        Outcome expected = model.rotate(redis.ms(), token.family(), token.digest(), successor.digest(), text);
        assertEquals(expected.name(), rotation.rotated().name());
        boolean given = expected == Outcome.FIRST || expected == Outcome.AGAIN || expected == Outcome.RENEWED;
        assertEquals(given ? stored(token, family) : null, rotation.family());
        if (expected == Outcome.FIRST || expected == Outcome.RENEWED) {
            of(family).add(successor);
        }
    }

    private StoredRecord inspect(Family family, int age) {
        RefreshToken token = token(family, age);
        StoredRecord found = await(store.inspect(TENANT, token));
        boolean valid = age == 0 && model.living(redis.ms(), token.family()) != null;
        assertEquals(valid ? stored(token, family) : null, found);
        return found;
    }

    private void remove(Family family) {
        String id = token(family, 0).family();
        boolean removed = user.remove(id, null, "logout");
        assertEquals(model.remove(redis.ms(), id, "logout"), removed);
    }

    private void expire(int most, Refusal refusal) {
        boolean due = user.isDue();
        redis.refuseNext(refusal);
        long removed = user.expire(most);
        assertEquals(model.expire(redis.ms(), most), removed);
        assertTrue(due || removed == 0, "whoever has something to expire is due");
    }

    private void requireSameKept() {
        Map<Object, Object> fields = new TreeMap<>();
        List<Object> index = new ArrayList<>();
        for (Family family : model.kept()) {
            String id = family.member().substring(16);
            fields.putAll(Map.of("user", VirtualUser.NAME, "last", model.last(), id, family.state(), id + ":d", "{}"));
            index.addAll(List.of(family.member(), Long.toString(family.ends())));
        }
        assertEquals(fields, user.hash());
        assertEquals(index, user.index());
        String due = user.dueAt();
        assertEquals(index.isEmpty(), due == null, "due as long as there is something");
        assertTrue(due == null || Long.parseLong(due) <= model.kept().get(0).ends(), "due at the first end or before");
    }

    private List<RefreshToken> of(Family family) {
        return tokens.get(begun.indexOf(family));
    }

    /** The token that was rotated {@code age} times since, or one that was never given. */
    private RefreshToken token(Family family, int age) {
        List<RefreshToken> all = of(family);
        return age < all.size() ? all.get(all.size() - 1 - age) : all.get(0).successor(new byte[]{1});
    }

    private static StoredRecord stored(RefreshToken token, Family family) {
        return new StoredRecord(token.family(), VirtualUser.NAME, RecordState.parse(family.state()), "{}", "");
    }
}
