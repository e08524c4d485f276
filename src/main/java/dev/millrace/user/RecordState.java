package dev.millrace.user;

/**
 * The state of a record, as {@code user/add-4.lua} writes it: fields separated by a blank.
 *
 * @param digest of the secret that the holder presents
 * @param version counts changes, from 1
 * @param created ms since 1970, as all points in time. The text has its place among the user's records behind it, which is left out here
 * @param seen when the record was last used
 * @param idle ms without use after which the record expires
 * @param absolute when the record expires, used or not
 * @param tail further fields of the kind of record
 */
public record RecordState(String digest, long version, long created, long seen, long idle, long absolute, String tail) {

    private static final int FIELDS = 7;

    /** Parses the reply of a script. */
    public static RecordState parse(String text) {
        String[] f = text.split(" ", FIELDS);
        return new RecordState(f[0], Long.parseLong(f[1]), created(f[2]), Long.parseLong(f[3]),
                Long.parseLong(f[4]), Long.parseLong(f[5]), f[6]);
    }

    private static long created(String text) {
        int place = text.indexOf('+');
        return Long.parseLong(place < 0 ? text : text.substring(0, place));
    }

    /** Returns the same with another end. */
    public RecordState withAbsolute(long end) {
        return new RecordState(digest, version, created, seen, idle, end, tail);
    }

    /** Returns when the record expires unless it is used. */
    public long endsAt() {
        return Math.min(seen + idle, absolute);
    }
}
