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
        private final long created;
        private final long idle;
        private final long absolute;
        private final Map<String, String> data = new LinkedHashMap<>();
        private String digest;
        private long version = 1;
        private long seen;
        private String authTime;

        public Session(String id, String digest, String device, String authTime, long now, long idle, long absolute) {
            this.id = id;
            this.digest = digest;
            this.device = device;
            this.authTime = authTime;
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
            return "%013d%s".formatted(created, id);
        }

        /** Its state, data and device, as they are kept. */
        public List<String> texts() {
            String members = data.entrySet().stream().map(e -> '"' + e.getKey() + "\":" + e.getValue())
                    .collect(Collectors.joining(","));
            return List.of(digest + ' ' + version + ' ' + created + ' ' + seen + ' ' + idle + ' ' + absolute + ' '
                    + authTime, '{' + members + '}', device);
        }
    }

    /** How a patch goes. */
    public enum Patched {
        DONE,
        INVALID,
        STALE,
        TOO_LARGE
    }

    private final String user;
    /** All that have not been removed; some of them have ended by time. */
    private final List<Session> kept = new ArrayList<>();
    private final List<List<String>> events = new ArrayList<>();

    public SessionModel(String user) {
        this.user = user;
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
        kept.add(session);
        tell("created", session.id);
        return true;
    }

    /** The session with that token, or null. */
    public Session current(long now, String id, String digest) {
        return live(now).stream().filter(s -> s.id.equals(id) && s.digest.equals(digest)).findAny().orElse(null);
    }

    /** As {@link #current}, noting the use if the last one noted is long enough ago. */
    public Session touch(long now, String id, String digest) {
        Session session = current(now, id, digest);
        if (session != null && (now - session.seen) * 10 >= Math.min(300_000, session.idle)) {
            session.seen = now;
        }
        return session;
    }

    /** Sets a member, or removes it if the value is null; with {@code versions}, only if the session has one of them. */
    public Patched patch(long now, String id, String digest, List<Long> versions, String name, String value, int most) {
        Session session = current(now, id, digest);
        if (session == null) {
            return Patched.INVALID;
        }
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

    /** Exchanges the token; null if there is no such session. */
    public Session rotate(long now, String id, String digest, String successor, boolean reauthenticated) {
        Session session = current(now, id, digest);
        if (session != null) {
            session.digest = successor;
            session.authTime = reauthenticated ? Long.toString(now) : session.authTime;
        }
        return session;
    }

    /** Ends the session, if it has that token; null for any. */
    public boolean remove(long now, String id, String digest, String reason) {
        boolean removed = kept.removeIf(s -> s.id.equals(id) && now < s.ends()
                && (digest == null || s.digest.equals(digest)));
        if (removed) {
            tell("revoked", id, "reason", reason);
        }
        return removed;
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
        kept.retainAll(staying);
        tell("revoked", "", "reason", "all", "except", except);
        return 1;
    }

    /** Removes the first that have ended by time, and says how many. */
    public long expire(long now, int most) {
        List<Session> ended = kept().stream().filter(s -> now >= s.ends()).limit(most).toList();
        ended.forEach(s -> tell("expired", s.id));
        kept.removeAll(ended);
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
