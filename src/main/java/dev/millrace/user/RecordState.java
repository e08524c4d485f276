package dev.millrace.user;

/**
 * The state of a record, as {@code user/add-4.lua} writes it: fields with a blank between.
 *
 * @param digest of the secret its holder presents
 * @param version counts changes, from 1
 * @param created ms since 1970, as all points in time
 * @param seen when it was last used
 * @param idle ms without use after which it ends
 * @param absolute when it ends in any case
 * @param tail what else the kind of record keeps
 */
public record RecordState(String digest, long version, long created, long seen, long idle, long absolute, String tail) {

    private static final int FIELDS = 7;

    /** Reads what a script returned. */
    public static RecordState parse(String text) {
        String[] f = text.split(" ", FIELDS);
        return new RecordState(f[0], Long.parseLong(f[1]), Long.parseLong(f[2]), Long.parseLong(f[3]),
                Long.parseLong(f[4]), Long.parseLong(f[5]), f[6]);
    }

    /** When it ends unless it is used. */
    public long endsAt() {
        return Math.min(seen + idle, absolute);
    }
}
