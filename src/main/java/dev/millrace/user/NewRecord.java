package dev.millrace.user;

/**
 * A record to add.
 *
 * @param digest of the secret
 * @param user the user's id
 * @param data JSON
 * @param device JSON, or empty
 * @param tail see {@link RecordState}
 * @param idleMs time without use after which the record expires
 * @param absoluteMs age at which the record expires
 */
public record NewRecord(String id, String digest, String user, String data, String device, String tail, long idleMs,
        long absoluteMs) {

    /** A record without data, a device and a tail, which expires at once. */
    public static NewRecord of(String id, String digest, String user) {
        return new NewRecord(id, digest, user, "{}", "", "", 0, 0);
    }

    /** The same with data. */
    public NewRecord withData(String data) {
        return new NewRecord(id, digest, user, data, device, tail, idleMs, absoluteMs);
    }

    /** The same with a device. */
    public NewRecord withDevice(String device) {
        return new NewRecord(id, digest, user, data, device, tail, idleMs, absoluteMs);
    }

    /** The same with a tail. */
    public NewRecord withTail(String tail) {
        return new NewRecord(id, digest, user, data, device, tail, idleMs, absoluteMs);
    }

    /** The same with a lifetime. */
    public NewRecord withLifetime(long idleMs, long absoluteMs) {
        return new NewRecord(id, digest, user, data, device, tail, idleMs, absoluteMs);
    }
}
