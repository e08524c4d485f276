package dev.millrace.kv;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Bounds how much one step of a SCAN looks at: COUNT is but a hint, and Redis serves nobody else meanwhile. */
final class KvScans {

    private static final String MOST = "10000";
    /** Where the options of each begin. */
    private static final Map<String, Integer> OPTIONS = Map.of("SCAN", 1, "HSCAN", 2, "SSCAN", 2, "ZSCAN", 2);

    private KvScans() {}

    static KvCommand bounded(KvCommand command) {
        Integer from = OPTIONS.get(command.name());
        if (from == null) {
            return command;
        }
        List<byte[]> args = new ArrayList<>(command.args());
        for (int i = from; i + 1 < args.size(); i++) {
            if (command.arg(i).equalsIgnoreCase("COUNT") && isTooMuch(command.arg(i + 1))) {
                args.set(i + 1, MOST.getBytes(StandardCharsets.US_ASCII));
            }
        }
        return new KvCommand(command.name(), args);
    }

    private static boolean isTooMuch(String count) {
        return count.matches("\\d+") && (count.length() > MOST.length()
                || count.length() == MOST.length() && count.compareTo(MOST) > 0);
    }
}
