package dev.millrace.cache;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.cache.Cache.brief;
import static dev.millrace.cache.Cache.get;
import static dev.millrace.cache.Cache.header;
import static dev.millrace.cache.Cache.put;
import static dev.millrace.cache.Cache.region;
import static dev.millrace.cache.Cache.request;
import static dev.millrace.cache.Cache.send;
import static dev.millrace.cache.Cache.store;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.quarkus.test.junit.QuarkusTest;

import dev.millrace.redis.RedisConversation;

/**
 * Guarantees of compression: done once, when it is stored, where it makes a body smaller; every reader has the body in a
 * coding that he accepts; and what is no gzip, or inflates too far, is never stored.
 */
@QuarkusTest
class CompressionTest {

    private static final String TEXT = "All work and no play makes Jack a dull boy. ".repeat(500);

    RedisConversation redis;

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "x-gzip", "GZIP", "br, gzip", "gzip;q=0.5, identity;q=0.1", "*", "br;q=0, *;q=0.1",
            "deflate,gzip ; q=1"})
    void whoAcceptsGzipIsServedWhatIsKept(String accept) {
        String path = region() + "/k";
        String tag = store(path, TEXT, "Content-Type", "text/plain");
        HttpResponse<byte[]> answer = get(path, "Accept-Encoding", accept);
        assertEquals(List.of("gzip", "text/plain", "Accept-Encoding"), List.of(header(answer, "Content-Encoding"),
                header(answer, "Content-Type"), header(answer, "Vary")));
        assertEquals(tag.replaceFirst("\"$", "-gzip\""), header(answer, "ETag"), "another tag, for it has other bytes");
        assertTrue(answer.body().length < TEXT.length() / 10);
        assertEquals(answer.body().length, kept(path), "as it is kept");
        assertEquals(TEXT, new String(gunzip(answer.body()), UTF_8));
        HttpResponse<byte[]> known = get(path, "Accept-Encoding", accept, "If-None-Match", header(answer, "ETag"));
        assertEquals(List.of("304", header(answer, "ETag")),
                List.of(Integer.toString(known.statusCode()), header(known, "ETag")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"identity", "", "br", "gzip;q=0", "gzip; q=0.000, *", "*, gzip;q=0", "*;q=0", "deflate",
            "x-gzip;q=0", "gzipped"})
    void whoDoesNotIsServedTheBodyItself(String accept) {
        String path = region() + "/k";
        String tag = store(path, TEXT);
        HttpResponse<byte[]> answer = get(path, "Accept-Encoding", accept);
        assertEquals("200 " + TEXT, brief(answer));
        assertEquals(List.of("", tag, "Accept-Encoding"),
                List.of(header(answer, "Content-Encoding"), header(answer, "ETag"), header(answer, "Vary")));
    }

    @Test
    void aHeadSaysTheSame() {
        String path = region() + "/k";
        store(path, TEXT);
        for (String accept : List.of("gzip", "identity")) {
            HttpResponse<byte[]> got = get(path, "Accept-Encoding", accept);
            HttpResponse<byte[]> head = send(request(ADMIN, "HEAD", path, null, "Accept-Encoding", accept));
            for (String name : List.of("ETag", "Content-Encoding", "Content-Type", "Vary")) {
                assertEquals(header(got, name), header(head, name), name);
            }
        }
    }

    @Test
    void isKeptAsItIsWhereThatIsSmallerOrSmallEnough() {
        byte[] noise = new byte[10_000];
        new Random(1).nextBytes(noise);
        byte[] small = new byte[2048];
        for (byte[] body : List.of(noise, small)) {
            String path = region() + "/k";
            put(path, body);
            HttpResponse<byte[]> answer = get(path, "Accept-Encoding", "gzip");
            assertArrayEquals(body, answer.body());
            assertEquals("", header(answer, "Content-Encoding"));
            assertTrue(header(answer, "ETag").matches("\"[^\"]{20}\""), header(answer, "ETag"));
            assertEquals(body.length, kept(path));
        }
        String path = region() + "/k";
        put(path, new byte[2049]);
        assertTrue(kept(path) < 100, "just above the bound");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "GZip", " gzip "})
    void whatComesCompressedIsKeptAsItCame(String coding) throws IOException {
        // Small, and not smaller for it: how it was sent is how it is kept.
        for (String text : List.of("", "short", TEXT)) {
            String path = region() + "/k";
            byte[] sent = gzip(text.getBytes(UTF_8));
            HttpResponse<byte[]> stored = put(path, sent, "Content-Encoding", coding, "Content-Type", "text/plain");
            assertEquals(204, stored.statusCode(), () -> brief(stored));
            assertEquals(sent.length, kept(path));
            assertArrayEquals(sent, get(path, "Accept-Encoding", "gzip").body());
            assertEquals("200 " + text, brief(get(path)));
            assertEquals(header(stored, "ETag"), store(region() + "/k", text, "Content-Type", "text/plain"),
                    "the tag is of the body as it is meant");
        }
    }

    @Test
    void itMayHaveMembers() throws IOException {
        String path = region() + "/k";
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.write(gzip("one, ".getBytes(UTF_8)));
        both.write(gzip("two".getBytes(UTF_8)));
        put(path, both.toByteArray(), "Content-Encoding", "gzip");
        assertEquals("200 one, two", brief(get(path)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "x-gzip"})
    void anEmptyBodyIsEmptyInAnyCoding(String coding) throws IOException {
        String path = region() + "/k";
        assertEquals(204, put(path, new byte[0], "Content-Encoding", coding).statusCode());
        HttpResponse<byte[]> answer = get(path, "Accept-Encoding", "gzip");
        assertEquals(List.of("200", "0", ""), List.of(Integer.toString(answer.statusCode()),
                Integer.toString(answer.body().length), header(answer, "Content-Encoding")));
        assertEquals(204, put(path, gzip("x".getBytes(UTF_8)), "Content-Encoding", coding).statusCode());
        assertEquals("200 x", brief(get(path, "Accept-Encoding", "identity")));
    }

    @Test
    void whatIsNoGzipIsRefused() throws IOException {
        byte[] sound = gzip(TEXT.getBytes(UTF_8));
        byte[] flipped = sound.clone();
        flipped[flipped.length / 2] ^= 1;
        byte[] wrongSum = sound.clone();
        wrongSum[wrongSum.length - 6] ^= 1;
        for (byte[] body : List.of("text".getBytes(UTF_8), Arrays.copyOf(sound, sound.length - 1),
                Arrays.copyOf(sound, 10), flipped, wrongSum)) {
            String path = region() + "/k";
            assertEquals("400 invalid-request", brief(put(path, body, "Content-Encoding", "gzip")));
            assertEquals("404 cache-miss", brief(get(path)));
        }
    }

    @Test
    void aBombIsRefused() throws IOException {
        String path = region() + "/k";
        byte[] bomb = gzip(new byte[40_000_000]);
        assertTrue(bomb.length < 100_000);
        assertEquals("413 too-large", brief(put(path, bomb, "Content-Encoding", "gzip")));
        assertEquals("404 cache-miss", brief(get(path)));
        byte[] most = gzip(new byte[33_554_432]);
        assertEquals(204, put(path, most, "Content-Encoding", "gzip").statusCode());
        assertEquals(33_554_432, get(path).body().length);
    }

    @ParameterizedTest
    @ValueSource(strings = {"br", "deflate", "zstd", "gzip, gzip", "br, gzip", "x", "aws-chunked"})
    void otherCodingsAreRefused(String coding) {
        String path = region() + "/k";
        assertEquals("415 unsupported-media-type", brief(put(path, "x", "Content-Encoding", coding)));
        assertEquals("404 cache-miss", brief(get(path)));
    }

    @Test
    void identityIsNoCoding() {
        String path = region() + "/k";
        store(path, "x", "Content-Encoding", "identity");
        assertEquals("200 x", brief(get(path)));
    }

    /** Bytes of the body in Redis. */
    private long kept(String path) {
        return redis.number("HSTRLEN", "mr:{main:c:0}:e:" + path, "b");
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }

    private static byte[] gunzip(byte[] bytes) {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
