package dev.millrace.kv;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Bounds the COUNT of SCAN commands, because Redis serves no other client during one step. */
final class KvScans {

    private static final String MAX_COUNT = "10000";
    /** The index of the first option of each command. */
    private static final Map<String, Integer> OPTIONS = Map.of("SCAN", 1, "HSCAN", 2, "SSCAN", 2, "ZSCAN", 2);

    private KvScans() {}

    /** Returns the command with a COUNT within the bound. */
    static KvCommand bounded(KvCommand command) {
        Integer from = OPTIONS.get(command.name());
        if (from == null) {
            return command;
        }
        List<byte[]> args = new ArrayList<>(command.args());
        for (int i = from; i + 1 < args.size(); i++) {
            if (KvCommand.isWord(args.get(i), "COUNT") && isTooMuch(command.arg(i + 1))) {
                args.set(i + 1, MAX_COUNT.getBytes(StandardCharsets.US_ASCII));
            }
        }
        return new KvCommand(command.name(), args);
    }

    private static boolean isTooMuch(String count) {
        return count.matches("\\d+") && (count.length() > MAX_COUNT.length()
                || count.length() == MAX_COUNT.length() && count.compareTo(MAX_COUNT) > 0);
    }
}
