package dev.millrace.redis.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Random;

import org.junit.jupiter.api.Test;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;

/** Replies pass unchanged while they fit, however they are divided; what does not fit is cut, and the next reply passes again. */
class BoundedRepliesTest {

    private static final String CUT = "-MILLRACE_CUT the reply is too large\r\n";
    private static final int VALUE = BoundedReplies.PER_VALUE;

    private static String pass(String replies, long limit, Random random) {
        EmbeddedChannel channel = new EmbeddedChannel(new BoundedReplies(() -> limit));
        byte[] bytes = replies.getBytes(StandardCharsets.ISO_8859_1);
        for (int from = 0; from < bytes.length;) {
            int length = Math.min(bytes.length - from, 1 + random.nextInt(20));
            channel.writeInbound(Unpooled.copiedBuffer(bytes, from, length));
            from += length;
        }
        StringBuilder out = new StringBuilder();
        for (ByteBuf part = channel.readInbound(); part != null; part = channel.readInbound()) {
            out.append(part.toString(StandardCharsets.ISO_8859_1));
            part.release();
        }
        channel.finishAndReleaseAll();
        return out.toString();
    }

    private static String bulk(String text) {
        return "$" + text.length() + "\r\n" + text + "\r\n";
    }

    private static String value(Random random, int depth) {
        return switch (random.nextInt(depth > 4 ? 6 : 8)) {
            case 0 -> "+OK\r\n";
            case 1 -> ":" + random.nextInt() + "\r\n";
            case 2 -> "$-1\r\n";
            case 3 -> bulk("");
            case 4 -> bulk("x\r\n$5\r\n".repeat(random.nextInt(5)));
            case 5 -> random.nextBoolean() ? "*0\r\n" : "*-1\r\n";
            default -> {
                int size = 1 + random.nextInt(4);
                StringBuilder array = new StringBuilder("*" + size + "\r\n");
                for (int i = 0; i < size; i++) {
                    array.append(value(random, depth + 1));
                }
                yield array.toString();
            }
        };
    }

    @Test
    void whatFitsPassesUnchanged() {
        for (int seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            StringBuilder replies = new StringBuilder();
            for (int i = 0; i < 10; i++) {
                replies.append(value(random, 0));
            }
            assertEquals(replies.toString(), pass(replies.toString(), 1 << 20, random));
        }
    }

    /** After any cut the number of replies is the same, so each call still gets its own. */
    @Test
    void theRepliesAfterACutOnePass() {
        for (int seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            String reply = value(random, 0);
            String out = pass(reply + "+next\r\n", random.nextInt(8 * VALUE) + VALUE, random);
            assertTrue(out.endsWith("+next\r\n"), out);
            assertTrue(out.equals(reply + "+next\r\n") || out.contains(CUT), out);
        }
    }

    @Test
    void aStringThatDoesNotFitIsAnError() {
        assertEquals(CUT + ":1\r\n", pass(bulk("x".repeat(1000)) + ":1\r\n", 1000, new Random(0)));
    }

    @Test
    void anArrayThatCannotFitIsAnErrorBeforeItArrives() {
        String array = "*3\r\n" + bulk("a") + "*1\r\n" + bulk("b") + bulk("c");
        assertEquals(CUT + "+OK\r\n", pass(array + "+OK\r\n", 3 * VALUE, new Random(0)));
    }

    @Test
    void anArrayWhoseValuesAreTooLargeKeepsTheFirstOnes() {
        String large = bulk("x".repeat(1000));
        String array = "*4\r\n" + large + large + "*1\r\n" + large + bulk("");
        assertEquals("*4\r\n" + large + CUT + "$-1\r\n$-1\r\n+OK\r\n",
                pass(array + "+OK\r\n", 1500 + 5 * VALUE - 1000 + 400, new Random(0)));
    }
}
