package dev.millrace.queue.worker;

import java.util.List;
import java.util.Map;

import io.quarkus.test.junit.QuarkusTestProfile;

import dev.millrace.queue.mail.SmtpSink;

/** The service with processors: those of the tests, and the one for mail, which goes to a sink. */
public class ProcessorsProfile implements QuarkusTestProfile {

    static final String SWITCH = "test.processors";

    @Override
    public Map<String, String> getConfigOverrides() {
        return Map.of(SWITCH, "true", "millrace.queue.mail.queue", "mail", "millrace.queue.mail.tenants", "main",
                "millrace.queue.mail.timeout", "4s");
    }

    @Override
    public List<TestResourceEntry> testResources() {
        return List.of(new TestResourceEntry(SmtpSink.class));
    }
}
