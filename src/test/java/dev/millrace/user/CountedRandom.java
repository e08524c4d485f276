package dev.millrace.user;

import java.security.SecureRandom;
import java.util.Random;

/** Secrets that are the same in each run of a test. */
public final class CountedRandom extends SecureRandom {

    private static final long serialVersionUID = 1L;

    private final Random random = new Random(42);

    /** The next salt of a successor. */
    public byte[] salt() {
        byte[] salt = new byte[16];
        nextBytes(salt);
        return salt;
    }

    @Override
    public void nextBytes(byte[] bytes) {
        random.nextBytes(bytes);
    }
}
