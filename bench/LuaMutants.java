import java.io.IOException;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.ClassOrderer;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Changes one Lua script in one place at a time and runs the script's tests on each such mutant. {@code mutate-lua.sh}
 * starts it.
 *
 * <p>Each mutant gets a class loader of its own, with a directory that holds the mutant in front of the built classes, so
 * the tests load it as they load the script itself. The tests start a Redis server per class loader; it is ended with the
 * mutant, which also ends a script that no longer terminates.
 */
public class LuaMutants {

    private static final String RESOURCES = "src/main/resources/lua/";
    private static final Pattern COMPARISON = Pattern.compile("<=|>=|==|~=|<|>");
    private static final Map<String, String> FLIPPED = Map.of("<", "<=", "<=", "<", ">", ">=", ">=", ">", "==", "~=", "~=", "==");
    private static final Pattern NUMBER = Pattern.compile("(?<![\\w.])(?<!KEYS\\[)(?<!ARGV\\[)\\d+(?:\\.\\d+)?(?![\\w.])");
    private static final Pattern DROPPED = Pattern
            .compile("redis\\.p?call\\('(DEL|UNLINK|ZREM|HDEL|SREM|LREM|ZREMRANGEBYSCORE|ZREMRANGEBYRANK|LTRIM|LPOP|RPOP|EXPIRE|PEXPIRE|PEXPIREAT)'");
    private static final Pattern STATEMENT_AHEAD = Pattern.compile("(^|\\b(then|do|else|repeat)|\\)|;)\\s*$");

    /** One change. {@code what} is {@code <line as it is> => <line as mutated>}, which later edits elsewhere leave alone. */
    private record Mutant(int line, String what, String source) {}

    /** The results; what the tests print goes to the log. */
    private static final PrintStream OUT = System.out;

    private final String script;
    private final List<String> tests;
    private final int tries;
    private final Path work = Path.of("target/mutate-lua");
    private final Launcher launcher = LauncherFactory.create(LauncherConfig.builder()
            .enableLauncherSessionListenerAutoRegistration(false).enableLauncherDiscoveryListenerAutoRegistration(false)
            .enableTestExecutionListenerAutoRegistration(false).enablePostDiscoveryFilterAutoRegistration(false).build());

    private LuaMutants(String script, int tries, List<String> tests) {
        this.script = script;
        this.tries = tries;
        this.tests = new CopyOnWriteArrayList<>(tests);
    }

    /** Arguments: the script's name, jqwik's tries per property, minutes to take at most, and the test classes. */
    public static void main(String[] args) throws Exception {
        System.setOut(System.err);
        List<String> tests = List.of(args).subList(3, args.length);
        int status = new LuaMutants(args[0], Integer.parseInt(args[1]), tests).run(Integer.parseInt(args[2]));
        // Not by returning: a test that was given up may still run.
        System.exit(status);
    }

    /** 0: all were killed or are known as equivalent; 1: some survived; 2: the tests fail without a change; 3: out of time. */
    private int run(int minutes) throws Exception {
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(minutes);
        String source = Files.readString(Path.of(RESOURCES + script + ".lua"));
        Path record = work.resolve(script.replace('/', '.') + ".txt");
        Map<String, String> killed = killedBefore(record, source);
        Map<String, String> equivalent = equivalent();
        long started = System.nanoTime();
        String failure = firstFailure(source, 600);
        if (failure != null) {
            OUT.println(script + ": fails without a change: " + failure);
            return 2;
        }
        long baseline = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - started) + 1;
        Files.writeString(record, "source " + source.hashCode() + "\n");
        List<Mutant> mutants = mutants(source);
        int survived = 0;
        for (Mutant mutant : mutants) {
            String outcome = killed.get(mutant.what());
            if (outcome == null && System.nanoTime() > end) {
                OUT.println(script + ": out of time; start it again to go on");
                return 3;
            }
            if (outcome == null) {
                String killer = firstFailure(mutant.source(), 5 * baseline + 10);
                outcome = killer != null ? "killed by " + killer
                        : equivalent.containsKey(mutant.what()) ? "equivalent: " + equivalent.get(mutant.what()) : "SURVIVED";
            }
            Files.writeString(record, outcome.replace('\t', ' ') + "\t" + mutant.what() + "\n", StandardOpenOption.APPEND);
            if (outcome.equals("SURVIVED")) {
                survived++;
                OUT.println("SURVIVED " + script + ":" + mutant.line() + "  " + mutant.what());
            }
        }
        OUT.println(script + ": " + mutants.size() + " mutants, " + survived + " survived, tests take " + baseline + " s");
        return survived == 0 ? 0 : 1;
    }

    /** Killed mutants of an unchanged script are not run again; survivors are, as there may be a new test. */
    private Map<String, String> killedBefore(Path record, String source) throws IOException {
        Map<String, String> killed = new LinkedHashMap<>();
        if (Files.exists(record)) {
            List<String> lines = Files.readAllLines(record);
            if (!lines.isEmpty() && lines.get(0).equals("source " + source.hashCode())) {
                lines.stream().skip(1).filter(line -> line.startsWith("killed")).map(line -> line.split("\t", 2))
                        .forEach(parts -> killed.put(parts[1], parts[0]));
            }
        }
        return killed;
    }

    /** Lines {@code <script> | <line as it is> => <line as mutated> | <reason>}. */
    private Map<String, String> equivalent() throws IOException {
        Map<String, String> reasons = new LinkedHashMap<>();
        for (String line : Files.readAllLines(Path.of("bench/mutate-lua.equivalent"))) {
            String[] parts = line.split(" \\| ");
            if (!line.startsWith("#") && parts.length == 3 && parts[0].equals(script)) {
                reasons.put(parts[1], parts[2]);
            }
        }
        return reasons;
    }

    /** The test that fails first on this text of the script, or null. The class that killed goes first the next time. */
    private String firstFailure(String source, long seconds) throws Exception {
        Path overlay = Files.createTempDirectory("lua-mutant");
        Path file = overlay.resolve("lua/" + script + ".lua");
        Files.createDirectories(file.getParent());
        Files.writeString(file, source);
        URL[] path = { overlay.toUri().toURL(), Path.of("target/test-classes/").toUri().toURL(),
                Path.of("target/classes/").toUri().toURL() };
        URLClassLoader loader = new URLClassLoader(path, LuaMutants.class.getClassLoader());
        CompletableFuture<String> failure = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                runTests(loader, failure);
                failure.complete(null);
            } catch (Throwable e) {
                failure.complete(e.toString());
            }
        }, "mutant");
        thread.setDaemon(true);
        thread.setContextClassLoader(loader);
        thread.start();
        try {
            return failure.get(seconds, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            return "timeout of " + seconds + " s";
        } catch (ExecutionException e) {
            return e.getCause().toString();
        } finally {
            // The Redis servers of this mutant. Only this process' own children. Without it, what tests are left fail at once.
            ProcessHandle.current().children().forEach(ProcessHandle::destroyForcibly);
            thread.join(TimeUnit.SECONDS.toMillis(20));
            Files.delete(file);
            loader.close();
        }
    }

    /** Completes {@code failure} as soon as a test fails. */
    private void runTests(ClassLoader loader, CompletableFuture<String> failure) throws ClassNotFoundException {
        for (String test : List.copyOf(tests)) {
            LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                    .selectors(DiscoverySelectors.selectClass(Class.forName(test, true, loader)))
                    .configurationParameter("jqwik.tries.default", Integer.toString(tries))
                    .configurationParameter("jqwik.shrinking.default", "OFF")
                    .configurationParameter("jqwik.failures.after.default", "RANDOM_SEED")
                    .configurationParameter("junit.jupiter.testclass.order.default", ClassOrderer.ClassName.class.getName())
                    .configurationParameter("jqwik.reporting.onlyfailures", "true")
                    .configurationParameter("jqwik.database", work.resolve("jqwik").toString()).build();
            FirstFailure listener = new FirstFailure(test.substring(test.lastIndexOf('.') + 1), failure);
            launcher.execute(request, listener);
            if (listener.ran == 0) {
                failure.complete("no test ran in " + test);
            }
            if (failure.isDone()) {
                tests.remove(test);
                tests.add(0, test);
                return;
            }
        }
    }

    private static final class FirstFailure implements TestExecutionListener {
        private final String testClass;
        private final CompletableFuture<String> failure;
        private volatile int ran;

        FirstFailure(String testClass, CompletableFuture<String> failure) {
            this.testClass = testClass;
            this.failure = failure;
        }

        @Override
        public void executionFinished(TestIdentifier test, TestExecutionResult result) {
            if (test.isTest()) {
                ran++;
            }
            if (result.getStatus() != TestExecutionResult.Status.SUCCESSFUL) {
                failure.complete(testClass + "." + test.getDisplayName());
            }
        }
    }

    private static List<Mutant> mutants(String source) {
        String code = blank(source, true);
        List<Mutant> mutants = new ArrayList<>();
        for (Matcher m = COMPARISON.matcher(code); m.find();) {
            mutants.add(mutant(source, m.start(), m.end(), FLIPPED.get(m.group())));
        }
        for (Matcher m = NUMBER.matcher(code); m.find();) {
            String shifted = m.group().contains(".") ? Double.toString(Double.parseDouble(m.group()) + 1)
                    : Long.toString(Long.parseLong(m.group()) + 1);
            mutants.add(mutant(source, m.start(), m.end(), shifted));
        }
        for (Matcher m = DROPPED.matcher(blank(source, false)); m.find();) {
            int end = closing(code, code.indexOf('(', m.start()));
            String ahead = source.substring(source.lastIndexOf('\n', m.start()) + 1, m.start());
            mutants.add(mutant(source, m.start(), end, STATEMENT_AHEAD.matcher(ahead).find() ? "" : "0"));
        }
        return mutants;
    }

    private static Mutant mutant(String source, int from, int to, String replacement) {
        String mutated = source.substring(0, from) + replacement + source.substring(to);
        int lineStart = source.lastIndexOf('\n', from) + 1;
        int lineEnd = source.indexOf('\n', to);
        int line = (int) source.substring(0, from).chars().filter(c -> c == '\n').count() + 1;
        String before = source.substring(lineStart, lineEnd < 0 ? source.length() : lineEnd);
        String after = source.substring(lineStart, from) + replacement + source.substring(to, lineStart + before.length());
        return new Mutant(line, oneLine(before) + " => " + oneLine(after), mutated);
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s*\\n\\s*", " ");
    }

    /** The same text with spaces for comments and, on request, for what is inside quotes. */
    private static String blank(String source, boolean strings) {
        StringBuilder out = new StringBuilder(source);
        char quote = 0;
        boolean comment = false;
        for (int i = 0; i < source.length(); i++) {
            char c = source.charAt(i);
            if (comment) {
                comment = c != '\n';
                if (comment) {
                    out.setCharAt(i, ' ');
                }
            } else if (quote != 0) {
                if (c == '\\') {
                    i++;
                } else if (c == quote) {
                    quote = 0;
                } else if (strings) {
                    out.setCharAt(i, ' ');
                }
            } else if (c == '\'' || c == '"') {
                quote = c;
            } else if (c == '-' && source.startsWith("--", i)) {
                comment = true;
                out.setCharAt(i, ' ');
            }
        }
        return out.toString();
    }

    private static int closing(String code, int open) {
        int depth = 0;
        for (int i = open; i < code.length(); i++) {
            depth += code.charAt(i) == '(' ? 1 : code.charAt(i) == ')' ? -1 : 0;
            if (depth == 0) {
                return i + 1;
            }
        }
        throw new IllegalArgumentException("no closing parenthesis");
    }
}
