package dev.millrace.encoding;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

import org.junit.jupiter.api.Test;

/** Digests are those of the standards' examples. */
class DigestsTest {

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void digestsAsInFips180() {
        String sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assertEquals(sha256, HexFormat.of().formatHex(Digests.sha256("abc")));
        assertEquals(sha256, HexFormat.of().formatHex(Digests.sha256(bytes("abc"))));
        assertEquals(sha256.substring(0, 16), Digests.sha256Hex("abc", 8));
        assertEquals("a9993e364706816aba3e25717850c26c9cd0d89d", Digests.sha1Hex(bytes("abc")));
        assertEquals("ungWv48Bz-pBQUDeXa4iIw", Digests.base64url(Digests.sha256("abc"), 16));
    }

    @Test
    void authenticatesAsInRfc4231() {
        assertEquals("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843", HexFormat.of()
                .formatHex(Digests.hmacSha256(bytes("Jefe"), bytes("what do ya want "), bytes("for nothing?"))));
    }
}
