package dev.millrace.session.model;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * One user's sessions, said as plainly as possible: a list, out of which things go. Times in ms. Of data, only members are
 * set and removed here; how deeper patches merge is a matter of its own.
 */
public final class SessionModel {

    /** One session; what changes of it is not final. */
    public static final class Session {

        private static final Comparator<Session> BY_AGE = Comparator.comparing(Session::member);

        public final String id;
        private final String device;
        private final long micros;
        private final long created;
        private final long idle;
        private final long absolute;
        private final Map<String, String> data = new LinkedHashMap<>();
        private String digest;
        private long version = 1;
        private long seen;
        private String authTime;
        private long place;
        /** The digest before the last rotation; null before the first, and once it is forgotten. */
        private String previous;
        private String salt;
        private long rotatedAt;
        private long grace;

        /** @param micros when it is opened, in µs */
        public Session(String id, String digest, String device, String authTime, long micros, long idle,
                long absolute) {
            long now = micros / 1000;
            this.id = id;
            this.digest = digest;
            this.device = device;
            this.authTime = authTime;
            this.micros = micros;
            this.created = now;
            this.seen = now;
            this.idle = idle;
            this.absolute = now + absolute;
        }

        /** When it ends, unless it is used before. */
        public long ends() {
            return Math.min(seen + idle, absolute);
        }

        /** How the index knows it. */
        public String member() {
            return "%016d%s".formatted(place, id);
        }

        private boolean lasts(long now) {
            return now - rotatedAt < grace;
        }

        /** What a use forgets of the last rotation. */
        private void forgetAfterGrace(long now, long remembered) {
            if (now - rotatedAt >= remembered) {
                previous = null;
            } else if (!lasts(now)) {
                salt = "-";
                grace = 0;
            }
        }

        private String tail() {
            return previous == null ? authTime : authTime + ' ' + previous + ' ' + salt + ' ' + rotatedAt + ' ' + grace;
        }

        /** Its state, data and device, as they are kept. */
        public List<String> texts() {
            String members = data.entrySet().stream().map(e -> '"' + e.getKey() + "\":" + e.getValue())
                    .collect(Collectors.joining(","));
            return List.of(digest + ' ' + version + ' ' + created + '+' + (place - created * 1000) + ' ' + seen + ' '
                    + idle + ' ' + absolute + ' '
                    + tail(), '{' + members + '}', device);
        }
    }

    /** What a token is to its session. */
    public enum Held {
        PRESENT,
        PREVIOUS,
        ROTATED,
        INVALID
    }

    /** How a patch goes. */
    public enum Patched {
        DONE,
        INVALID,
        STALE,
        TOO_LARGE,
        SUPERSEDED
    }

    private final String user;
    /** All that have not been removed; some of them have ended by time. */
    private final List<Session> kept = new ArrayList<>();
    private final List<List<String>> events = new ArrayList<>();
    private final long remembered;
    private long last;

    /** @param remembered ms after a rotation for which an earlier token is told apart */
    public SessionModel(String user, long remembered) {
        this.user = user;
        this.remembered = remembered;
    }

    /** Opens a session if the user may have one more, or in place of the oldest. */
    public boolean create(long now, Session session, int most, boolean evict) {
        List<Session> live = live(now);
        if (live.size() >= most && !evict) {
            return false;
        }
        live.stream().sorted(Session.BY_AGE).limit(Math.max(0, live.size() - most + 1)).forEach(oldest -> {
            kept.remove(oldest);
            tell("evicted", oldest.id);
        });
        session.place = Math.max(session.micros, last + 1);
        last = session.place;
        kept.add(session);
        tell("created", session.id);
        return true;
    }

    /** What the token is to the session. */
    public Held held(long now, String id, String digest) {
        Session session = live(now).stream().filter(s -> s.id.equals(id)).findAny().orElse(null);
        if (session != null && session.digest.equals(digest)) {
            return Held.PRESENT;
        }
        if (session == null || session.previous == null || now - session.rotatedAt >= remembered) {
            return Held.INVALID;
        }
        return session.previous.equals(digest) && session.lasts(now) ? Held.PREVIOUS : Held.ROTATED;
    }

    /** The session with that token, or null. */
    public Session current(long now, String id, String digest) {
        Held held = held(now, id, digest);
        return held == Held.PRESENT || held == Held.PREVIOUS ? of(id) : null;
    }

    /** When the graces of all sessions end. */
    public List<Long> graceEnds() {
        return kept.stream().filter(s -> s.previous != null).map(s -> s.rotatedAt + s.grace).toList();
    }

    private Session of(String id) {
        return kept.stream().filter(s -> s.id.equals(id)).findAny().orElse(null);
    }

    /** As {@link #current}, noting the use if the last one noted is long enough ago. */
    public Session touch(long now, String id, String digest) {
        Session session = current(now, id, digest);
        if (session != null && (now - session.seen) * 10 >= Math.min(300_000, session.idle)) {
            session.seen = now;
            session.forgetAfterGrace(now, remembered);
        }
        return session;
    }

    /** Sets a member, or removes it if the value is null; with {@code versions}, only if the session has one of them. */
    public Patched patch(long now, String id, String digest, List<Long> versions, String name, String value, int most) {
        Held held = held(now, id, digest);
        if (held != Held.PRESENT) {
            return held == Held.INVALID ? Patched.INVALID : Patched.SUPERSEDED;
        }
        Session session = of(id);
        if (!versions.isEmpty() && !versions.contains(session.version)) {
            return Patched.STALE;
        }
        Map<String, String> before = new LinkedHashMap<>(session.data);
        if (value == null) {
            session.data.remove(name);
        } else {
            session.data.put(name, value);
        }
        if (session.texts().get(1).length() > most) {
            session.data.clear();
            session.data.putAll(before);
            return Patched.TOO_LARGE;
        }
        session.version++;
        session.seen = now;
        return Patched.DONE;
    }

    /** Exchanges the token, or says that it was exchanged just before. */
    public Held rotate(long now, String id, String digest, String successor, String salt, long grace,
            boolean reauthenticated) {
        Held held = held(now, id, digest);
        if (held == Held.PREVIOUS && grace == 0) {
            return Held.ROTATED;
        }
        if (held == Held.PRESENT) {
            Session session = of(id);
            session.previous = digest;
            session.salt = grace == 0 ? "-" : salt;
            session.rotatedAt = now;
            session.grace = grace;
            session.digest = successor;
        }
        if (reauthenticated && (held == Held.PRESENT || held == Held.PREVIOUS)) {
            of(id).authTime = Long.toString(now);
        }
        return held;
    }

    /** Ends the session, if it has that token; null for any. 1 if it did, 0 if there was none, -1 if the token was rotated. */
    public int remove(long now, String id, String digest, String reason) {
        Held held = digest == null
                ? live(now).stream().anyMatch(s -> s.id.equals(id)) ? Held.PRESENT : Held.INVALID
                : held(now, id, digest);
        if (held == Held.INVALID || held == Held.ROTATED) {
            return held == Held.ROTATED ? -1 : 0;
        }
        remove(List.of(of(id)));
        tell("revoked", id, "reason", reason);
        return 1;
    }

    /** A user without sessions starts anew. */
    private void remove(List<Session> gone) {
        kept.removeAll(gone);
        last = kept.isEmpty() ? 0 : last;
    }

    /** Ends all but one: 1 if any ended, 0 if there were none, -1 if the one to keep is not alive. */
    public long removeAll(long now, String except) {
        List<Session> live = live(now);
        if (live.size() < kept.size()) {
            return -2;
        }
        List<Session> staying = live.stream().filter(s -> s.id.equals(except)).toList();
        if (!except.isEmpty() && staying.isEmpty()) {
            return -1;
        }
        if (live.size() == staying.size()) {
            return 0;
        }
        remove(live.stream().filter(s -> !staying.contains(s)).toList());
        tell("revoked", "", "reason", "all", "except", except);
        return 1;
    }

    /** Removes the first that have ended by time, and says how many. */
    public long expire(long now, int most) {
        List<Session> ended = kept().stream().filter(s -> now >= s.ends()).limit(most).toList();
        ended.forEach(s -> tell("expired", s.id));
        remove(ended);
        return ended.size();
    }

    /** The sessions that are alive, the newest first. */
    public List<Session> list(long now) {
        return live(now).stream().sorted(Session.BY_AGE.reversed()).toList();
    }

    /** All that have not been removed, in order of their end. */
    public List<Session> kept() {
        return kept.stream().sorted(Comparator.comparing(Session::ends).thenComparing(Session::member)).toList();
    }

    /** The place of the newest record that was added, as the user's records keep it; null without records. */
    public String last() {
        return last == 0 ? null : "%016d".formatted(last);
    }

    /** Everything told, in order: names of fields and their values. */
    public List<List<String>> events() {
        return events;
    }

    private List<Session> live(long now) {
        return kept.stream().filter(s -> now < s.ends()).toList();
    }

    private void tell(String what, String id, String... more) {
        List<String> event = new ArrayList<>(List.of("type", "session." + what, "id", id, "user", user));
        event.addAll(List.of(more));
        events.add(event);
    }
}
