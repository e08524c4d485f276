package dev.millrace.ratelimit.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Lists of checks, all or none, and the penalties of denials, on top of the models of the algorithms. */
public final class ChecksModel {

    /** One check of a list; see {@code Check}. */
    public record Item(Limit limit, long cost, boolean overdraft, boolean quota) {
        public Item(Limit limit, long cost) {
            this(limit, cost, false, false);
        }

        private boolean isAlwaysCharged() {
            return overdraft && cost > 0;
        }
    }

    private final Map<String, LimiterModel> limiters = new HashMap<>();
    private final Map<String, Long> blockedUntil = new HashMap<>();

    public List<Answer> decide(long now, List<Item> items, boolean atomic) {
        if (atomic) {
            List<Answer> rehearsed = rehearse(now, items);
            if (!pass(items, rehearsed)) {
                return IntStream.range(0, items.size()).mapToObj(i -> items.get(i).isAlwaysCharged()
                        ? chargedAnyway(now, items.get(i), rehearsed.get(i))
                        : rehearsed.get(i)).toList();
            }
        }
        return items.stream().map(item -> decide(now, item, 0, true)).toList();
    }

    private static boolean pass(List<Item> items, List<Answer> answers) {
        IntStream.Builder quotas = IntStream.builder();
        for (int i = 0; i < items.size(); i++) {
            if (items.get(i).limit().shadow()) {
                continue;
            }
            if (items.get(i).quota()) {
                quotas.add(i);
            } else if (!answers.get(i).admitted()) {
                return false;
            }
        }
        int[] all = quotas.build().toArray();
        return all.length == 0 || IntStream.of(all).anyMatch(i -> answers.get(i).admitted());
    }

    /** A denial stays one, even if it fits now that those before it are not charged. */
    private Answer chargedAnyway(long now, Item item, Answer rehearsed) {
        Answer charged = decide(now, item, 0, true);
        return rehearsed.admitted()
                ? charged
                : new Answer(false, charged.remaining(), charged.reset(),
                        Math.max(rehearsed.retryAfter(), charged.retryAfter()));
    }

    /** Charges nothing, but takes into account what those before have been promised. A denial is one all the same. */
    private List<Answer> rehearse(long now, List<Item> items) {
        Map<String, Long> promised = new HashMap<>();
        List<Answer> answers = new ArrayList<>();
        for (Item item : items) {
            String name = item.limit().name();
            Answer answer = decide(now, item, promised.getOrDefault(name, 0L), false);
            if (answer.admitted() || item.isAlwaysCharged()) {
                promised.merge(name, item.cost(), Long::sum);
            }
            answers.add(answer);
        }
        return answers;
    }

    private Answer decide(long now, Item item, long promised, boolean charge) {
        Limit limit = item.limit();
        LimiterModel limiter = limiters.computeIfAbsent(limit.name(), name -> limit.model());
        long asked = Math.max(1, item.cost()) + promised;
        Answer seen = limiter.look(now, asked);
        long left = 0;
        if (limit.penaltyMs() > 0) {
            if (blockedUntil.getOrDefault(limit.name(), now) <= now && !seen.admitted() && item.cost() > 0) {
                blockedUntil.put(limit.name(), now + limit.penaltyMs() * 1000);
            }
            left = Math.max(0, blockedUntil.getOrDefault(limit.name(), now) - now);
        }
        boolean admitted = seen.admitted() && left == 0;
        if (charge && item.cost() > 0 && (admitted || item.overdraft())) {
            limiter.charge(now, item.cost());
            Answer after = limiter.look(now, asked);
            seen = new Answer(admitted, after.remaining(), after.reset(), admitted ? 0 : after.retryAfter());
        }
        return left > 0
                ? new Answer(false, 0, Math.max(seen.reset(), left), Math.max(seen.retryAfter(), left))
                : seen;
    }
}
