package dev.millrace.queue.push;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.Test;

import dev.millrace.queue.model.QueueName;

/** A receiver tells jobs apart by the id of the message. */
class PushedJobTest {

    @Test
    void noTwoJobsHaveTheSameMessageId() {
        List<String> names = List.of("a", "a.b", "a-b", "a_b", "b", "a.b.c", "b-c", "b_c", "c", "A", "1", "a_1");
        Set<String> ids = new HashSet<>();
        for (String tenant : names) {
            for (String queue : names) {
                for (String job : List.of("1", "11", "111")) {
                    String id = PushedJob.messageId(new QueueName(tenant, queue), job);
                    assertTrue(ids.add(id), id);
                    assertEquals(id, PushedJob.messageId(new QueueName(tenant, queue), job));
                    assertTrue(id.matches("[A-Za-z0-9_-]{1,64}"), id);
                }
            }
        }
    }

    @Test
    void aMessageIdDoesNotTellTheTenant() {
        assertFalse(PushedJob.messageId(new QueueName("acme", "mail"), "1").contains("acme"));
    }
}
