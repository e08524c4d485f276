package dev.millrace.queue.mail;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;

import org.junit.jupiter.api.Test;

class MailAddressTest {

    @Test
    void addressesHaveANameOrNone() {
        assertEquals(new MailAddress("", "ada+x@example.com"), MailAddress.parse("ada+x@example.com"));
        assertEquals(new MailAddress("", "ada@localhost"), MailAddress.parse("<ada@localhost>"));
        assertEquals(new MailAddress("Ada", "ada@example.com"), MailAddress.parse("Ada <ada@example.com>"));
        assertEquals(new MailAddress("A \"B\", C", "ada@example.com"),
                MailAddress.parse("\"A \\\"B\\\", C\" <ada@example.com>"));
        assertEquals("\"A \\\"B\\\", C\" <ada@example.com>",
                new MailAddress("A \"B\", C", "ada@example.com").written());
    }

    @Test
    void whatIsNoAddressIsNone() {
        for (String text : List.of("", "ada", "@example.com", "ada@", "a b@example.com",
                "ada@example.com,b@example.com",
                "ada@example..com", "ada@-example.com", "<ada@example.com", "ada@example.com>", "A <b> <c@example.com>",
                "ada@example.com\r\n", "A\nB <ada@example.com>", "ada@exämple.com", "zoë@example.com",
                "ada@example.com (Ada)", "a".repeat(65) + "@example.com", "a@" + "b".repeat(260),
                "ada@example.com> RCPT TO:<b@example.com")) {
            assertNull(MailAddress.parse(text), text);
        }
        assertNull(MailAddress.parse(null));
    }

    @Test
    void encodedWordsKeepCharactersWholeAndAreShort() {
        String text = "💧".repeat(30);
        for (String line : HeaderText.of(text).split("\r\n ")) {
            assertTrue(line.length() <= 75, line);
        }
        assertEquals("=?UTF-8?B?w6k=?=", HeaderText.of("é"));
        assertEquals("=?UTF-8?B?PT9VVEYtOD9R?=", HeaderText.of("=?UTF-8?Q"));
        assertEquals("plain: \"text\"", HeaderText.of("plain: \"text\""));
    }
}
