package dev.millrace.token.model;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One user's families of refresh tokens: each is its tokens, from the first to the present one, and when that was given.
 * Times in ms.
 */
public final class FamilyModel {

    /** What becomes of a token that is presented. */
    public enum Outcome {
        FIRST,
        AGAIN,
        INVALID,
        SUPERSEDED,
        RENEWED,
        REUSED
    }

    /** A family; tokens and salts with the present one last. */
    public static final class Family {
        private final String id;
        private final List<String> tokens = new ArrayList<>();
        private final List<String> salts = new ArrayList<>();
        private final long grace;
        private final boolean lost;
        private final long micros;
        private final long created;
        private long place;
        private final long idle;
        private final long absolute;
        private long seen;
        /** What the present token is the successor of. */
        private String previous = "";

        /**
         * @param micros when it begins, in µs
         * @param absolute ms after which it ends in any case
         * @param lost whether it allows for lost answers
         */
        public Family(String id, String token, long micros, long idle, long absolute, long grace, boolean lost) {
            long now = micros / 1000;
            this.id = id;
            this.grace = grace;
            this.lost = lost;
            this.micros = micros;
            this.created = now;
            this.idle = idle;
            this.absolute = now + absolute;
            this.seen = now;
            tokens.add(token);
            salts.add("");
        }

        /** When it is dead if nothing happens. */
        public long ends() {
            return Math.min(seen + idle, absolute);
        }

        /** When the token before is no longer taken for that of somebody in good faith. */
        public long trustEnds(long race) {
            return seen + (grace > 0 ? grace : race);
        }

        /** The token that was exchanged {@code age} times since; null if there is none. */
        public String token(int age) {
            return age < tokens.size() ? tokens.get(tokens.size() - 1 - age) : null;
        }

        /** As the service keeps it. */
        public String state() {
            String state = String.join(" ", token(0), Integer.toString(tokens.size()),
                    created + "+" + (place - created * 1000),
                    Long.toString(seen), Long.toString(idle), Long.toString(absolute), grace + (lost ? "a" : ""));
            return tokens.size() == 1 ? state : state + ' ' + previous + ' ' + salts.get(salts.size() - 1);
        }

        /** As the index knows it. */
        public String member() {
            return "%016d%s".formatted(place, id);
        }
    }

    private static final long EVENTS_KEPT = 7 * 24 * 3_600_000L;

    private final String user;
    private final long race;
    private final Map<String, Family> families = new LinkedHashMap<>();
    private final List<List<String>> events = new ArrayList<>();
    private long toldAt;
    private long last;

    /** @param race ms for which, without grace, the token before is not taken for stolen */
    public FamilyModel(String user, long race) {
        this.user = user;
        this.race = race;
    }

    /** Begins a family; the oldest end until there are at most {@code most}. */
    public void add(long now, Family family, int most) {
        List<Family> living = families.values().stream().filter(f -> now < f.ends())
                .sorted(Comparator.comparing(Family::member)).toList();
        living.subList(0, Math.max(0, living.size() - most + 1))
                .forEach(oldest -> {
                    families.remove(oldest.id);
                    tell(now, "token.evicted", oldest.id);
                });
        family.place = Math.max(family.micros, last + 1);
        last = family.place;
        families.put(family.id, family);
        tell(now, "token.created", family.id);
    }

    /** The family, if it is alive. */
    public Family living(long now, String id) {
        Family family = families.get(id);
        return family == null || now >= family.ends() ? null : family;
    }

    public Outcome rotate(long now, String id, String token, String successor, String salt) {
        Family family = living(now, id);
        if (family == null) {
            return Outcome.INVALID;
        }
        boolean before = token.equals(family.previous);
        if (before && now < family.seen + family.grace) {
            return Outcome.AGAIN;
        }
        if (token.equals(family.token(0)) || before && family.lost) {
            family.tokens.add(successor);
            family.salts.add(salt);
            family.seen = now;
            family.previous = token;
            return before ? Outcome.RENEWED : Outcome.FIRST;
        }
        if (before && now < family.trustEnds(race)) {
            return Outcome.SUPERSEDED;
        }
        end(now, id, "token.reused");
        return Outcome.REUSED;
    }

    /** Whether there was such a family, which has ended now. */
    public boolean remove(long now, String id, String reason) {
        if (living(now, id) == null) {
            return false;
        }
        end(now, id, "token.revoked", "reason", reason);
        return true;
    }

    /** Tells of what has ended by time, at most so many, the first that ended first; returns how many. */
    public long expire(long now, int most) {
        List<Family> ended = kept().stream().filter(family -> now >= family.ends()).limit(most).toList();
        ended.forEach(family -> end(now, family.id, "token.expired"));
        return ended.size();
    }

    /** All that have not been told to have ended, by the time they end. */
    public List<Family> kept() {
        return families.values().stream().sorted(Comparator.comparing(Family::ends).thenComparing(Family::member))
                .toList();
    }

    /** The place of the newest record that was added, as the user's records keep it; null without records. */
    public String last() {
        return last == 0 ? null : "%016d".formatted(last);
    }

    /** What was told, as names and values, since the last time that nothing was told for a week. */
    public List<List<String>> events() {
        return events;
    }

    private void end(long now, String id, String type, String... more) {
        families.remove(id);
        last = families.isEmpty() ? 0 : last;
        tell(now, type, id, more);
    }

    private void tell(long now, String type, String id, String... more) {
        if (now > toldAt + EVENTS_KEPT) {
            events.clear();
        }
        toldAt = now;
        List<String> fields = new ArrayList<>(List.of("type", type, "id", id, "user", user));
        fields.addAll(List.of(more));
        events.add(fields);
    }
}
