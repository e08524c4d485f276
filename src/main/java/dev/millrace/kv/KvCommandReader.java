package dev.millrace.kv;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;

import dev.millrace.http.json.Unicode;

/** Parses commands in the format of the Upstash REST protocol: JSON arrays, or a path. */
final class KvCommandReader {

    /** Arguments of all commands of a request. Each takes a hundred bytes and more, however short it is. */
    static final int MAX_WORDS = 200_000;

    private final JsonFactory json;
    private final int maxCommands;

    KvCommandReader(JsonFactory json, int maxCommands) {
        this.json = json;
        this.maxCommands = maxCommands;
    }

    /** Parses one command: {@code ["SET","key","value","EX",100]}. */
    KvCommand one(byte[] body) {
        try (JsonParser parser = json.createParser(body)) {
            require(parser.nextToken() == JsonToken.START_ARRAY, "a JSON array with a command and its arguments");
            KvCommand command = KvCommand.of(words(parser, MAX_WORDS));
            requireEnd(parser);
            return command;
        } catch (IOException e) {
            throw malformed();
        }
    }

    /** Parses several commands: an array of such arrays. */
    List<KvCommand> several(byte[] body) {
        try (JsonParser parser = json.createParser(body)) {
            require(parser.nextToken() == JsonToken.START_ARRAY, "a JSON array of commands");
            List<KvCommand> commands = new ArrayList<>();
            int left = MAX_WORDS;
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                require(parser.currentToken() == JsonToken.START_ARRAY, "a JSON array of commands, each one an array");
                if (commands.size() == maxCommands) {
                    throw new KvException("ERR a request may contain at most " + maxCommands + " commands");
                }
                List<byte[]> words = words(parser, left);
                left -= words.size();
                commands.add(KvCommand.of(words));
            }
            requireEnd(parser);
            if (commands.isEmpty()) {
                throw new KvException("ERR empty pipeline");
            }
            return commands;
        } catch (IOException e) {
            throw malformed();
        }
    }

    private static List<byte[]> words(JsonParser parser, int max) throws IOException {
        List<byte[]> words = new ArrayList<>();
        JsonToken token;
        while ((token = parser.nextToken()) != JsonToken.END_ARRAY) {
            if (token == null || !token.isScalarValue() || token == JsonToken.VALUE_NULL) {
                throw new KvException(
                        "ERR failed to parse the command: arguments must be strings, numbers or booleans");
            }
            if (words.size() == max) {
                throw new KvException("ERR a request may contain at most " + MAX_WORDS + " arguments");
            }
            words.add(bytes(parser));
        }
        return words;
    }

    private static byte[] bytes(JsonParser parser) throws IOException {
        char[] chars = parser.getTextCharacters();
        int from = parser.getTextOffset();
        byte[] bytes = new byte[parser.getTextLength()];
        for (int i = 0; i < bytes.length; i++) {
            char c = chars[from + i];
            if (c >= 0x80) {
                return bytes(new String(chars, from, bytes.length));
            }
            bytes[i] = (byte) c;
        }
        return bytes;
    }

    /** Half of a surrogate pair cannot be encoded in UTF-8. */
    private static byte[] bytes(String text) {
        require(Unicode.isWellFormed(text), "both halves of each surrogate pair");
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void require(boolean condition, String what) {
        if (!condition) {
            throw new KvException("ERR failed to parse the command: expected " + what);
        }
    }

    private static void requireEnd(JsonParser parser) throws IOException {
        require(parser.nextToken() == null, "nothing after the array");
    }

    private static KvException malformed() {
        return new KvException("ERR failed to parse the command: the body is not JSON");
    }

    /**
     * Parses a command in a path, {@code /set/key/value}, with percent-encoded segments. The body, if there is one, is the next argument,
     * and the names and values of the query follow: {@code ?EX=100}.
     *
     * @param path the part after {@code /redis/}, as it was sent
     * @param query as it was sent, or null; {@code _token} is not part of the command
     */
    static KvCommand path(String path, byte[] body, String query) {
        List<byte[]> words = new ArrayList<>();
        for (String segment : path.split("/", -1)) {
            words.add(decode(segment, false));
        }
        if (body.length > 0) {
            words.add(body);
        }
        if (query != null && !query.isEmpty()) {
            for (String parameter : query.split("&")) {
                int equals = parameter.indexOf('=');
                String name = equals < 0 ? parameter : parameter.substring(0, equals);
                if (!name.isEmpty() && !name.equals(KvAccess.TOKEN)) {
                    words.add(decode(name, true));
                    if (equals >= 0 && equals < parameter.length() - 1) {
                        words.add(decode(parameter.substring(equals + 1), true));
                    }
                }
            }
        }
        return KvCommand.of(words);
    }

    /** Decodes percent escapes once. The result may be any bytes. */
    static byte[] decode(String encoded, boolean query) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(encoded.length());
        for (int i = 0; i < encoded.length(); i++) {
            char c = encoded.charAt(i);
            if (c == '%') {
                int high = i + 2 < encoded.length() ? Character.digit(encoded.charAt(i + 1), 16) : -1;
                int low = high < 0 ? -1 : Character.digit(encoded.charAt(i + 2), 16);
                if (low < 0) {
                    throw new KvException("ERR failed to parse the command: the path has a broken percent escape");
                }
                bytes.write(high << 4 | low);
                i += 2;
            } else if (c == '+' && query) {
                bytes.write(' ');
            } else if (c < 0x80) {
                bytes.write(c);
            } else {
                bytes.writeBytes(String.valueOf(c).getBytes(StandardCharsets.UTF_8));
            }
        }
        return bytes.toByteArray();
    }
}
