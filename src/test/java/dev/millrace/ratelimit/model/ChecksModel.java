package dev.millrace.ratelimit.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Lists of checks, all or none, and the penalties of denials, on top of the models of the algorithms. */
public final class ChecksModel {

    /** One check of a list. */
    public record Item(Limit limit, long cost) {}

    private final Map<String, LimiterModel> limiters = new HashMap<>();
    private final Map<String, Long> blockedUntil = new HashMap<>();

    public List<Answer> decide(long now, List<Item> items, boolean atomic) {
        if (atomic) {
            List<Answer> rehearsed = rehearse(now, items);
            if (!pass(items, rehearsed)) {
                return rehearsed;
            }
        }
        return items.stream().map(item -> decide(now, item, 0, true)).toList();
    }

    private static boolean pass(List<Item> items, List<Answer> answers) {
        return IntStream.range(0, items.size())
                .allMatch(i -> answers.get(i).admitted() || items.get(i).limit().shadow());
    }

    /** Charges nothing, but takes into account what those before have been promised. A denial is one all the same. */
    private List<Answer> rehearse(long now, List<Item> items) {
        Map<String, Long> promised = new HashMap<>();
        List<Answer> answers = new ArrayList<>();
        for (Item item : items) {
            String name = item.limit().name();
            Answer answer = decide(now, item, promised.getOrDefault(name, 0L), false);
            if (answer.admitted()) {
                promised.merge(name, item.cost(), Long::sum);
            }
            answers.add(answer);
        }
        return answers;
    }

    private Answer decide(long now, Item item, long promised, boolean charge) {
        Limit limit = item.limit();
        LimiterModel limiter = limiters.computeIfAbsent(limit.name(), name -> limit.model());
        Answer seen = limiter.look(now, Math.max(1, item.cost()) + promised);
        if (limit.penaltyMs() > 0) {
            boolean blocked = blockedUntil.getOrDefault(limit.name(), now) > now;
            if (!blocked && !seen.admitted() && item.cost() > 0) {
                blockedUntil.put(limit.name(), now + limit.penaltyMs() * 1000);
                blocked = true;
            }
            if (blocked) {
                long left = blockedUntil.get(limit.name()) - now;
                return new Answer(false, 0, Math.max(seen.reset(), left), Math.max(seen.retryAfter(), left));
            }
        }
        return seen.admitted() && charge ? limiter.decide(now, item.cost()) : seen;
    }
}
