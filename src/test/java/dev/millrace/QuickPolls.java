package dev.millrace;

import java.time.Duration;

import org.awaitility.Awaitility;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

import io.quarkus.test.junit.callback.QuarkusTestBeforeClassCallback;

/**
 * Has Awaitility look every 10 ms, and begin at once. By default it does so every 100 ms, and begins after as long, which
 * hundreds of waits for what has nearly happened add up to a minute.
 *
 * <p>Found as a service, twice: Quarkus loads a test and its libraries by a loader of its own.
 */
public class QuickPolls implements LauncherSessionListener, QuarkusTestBeforeClassCallback {

    @Override
    public void launcherSessionOpened(LauncherSession session) {
        set();
    }

    @Override
    public void beforeClass(Class<?> testClass) {
        set();
    }

    private static void set() {
        Awaitility.setDefaultPollDelay(Duration.ZERO);
        Awaitility.setDefaultPollInterval(Duration.ofMillis(10));
    }
}
