package dev.millrace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;

import io.quarkus.redis.datasource.ReactiveRedisDataSource;
import io.smallrye.config.ConfigMapping;
import io.smallrye.mutiny.Uni;

import dev.millrace.http.problem.ErrorCode;

/** The documentation names every error and setting there is, and nothing in it points nowhere. */
class DocsTest {

    private static final Path ROOT = Path.of("").toAbsolutePath();
    private static final List<Class<?>> CONFIGS = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("dev.millrace").stream()
            .filter(type -> type.isAnnotatedWith(ConfigMapping.class)).<Class<?>>map(JavaClass::reflect).toList();
    /** A class, or a method of it, in code quotes. */
    private static final Pattern CLASS = Pattern.compile("`([A-Z][a-z]\\w*)(?:\\.([a-z]\\w*))?`");
    /** Of a page; a longer one is divided. */
    private static final int MAX_LINES = 620;
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern ERROR_ROW = Pattern.compile("(?m)^\\| `([a-z-]+)` \\| (\\d{3}) \\|");

    @Test
    void everyErrorCodeIsListedInTheOrderOfTheEnum() {
        List<String> listed = ERROR_ROW.matcher(read("docs/errors.md")).results()
                .map(row -> row.group(1) + " " + row.group(2)).toList();
        List<String> known = Arrays.stream(ErrorCode.values()).map(code -> code.code() + " " + code.status()).toList();
        assertEquals(known, listed);
    }

    @Test
    void everySettingIsListed() {
        // A placeholder such as <keyId> may have any name.
        String page = read("docs/configuration.md").replaceAll("<[A-Za-z]+>", "<>");
        Set<String> missing = new TreeSet<>();
        for (Class<?> config : CONFIGS) {
            for (String setting : settings(config.getAnnotation(ConfigMapping.class).prefix(), config)) {
                if (!page.contains("`" + setting + "`")) {
                    missing.add(setting);
                }
            }
        }
        assertEquals(Set.of(), missing);
    }

    /** The service compares the environment with this list. */
    @Test
    void everySettingIsInTheListOfSettings() {
        Set<String> settings = new TreeSet<>(Set.of("millrace.ops.gauges.every"));
        CONFIGS.forEach(config -> settings(config.getAnnotation(ConfigMapping.class).prefix(), config)
                .forEach(setting -> settings.add(setting.replace("<>", "*"))));
        assertEquals(String.join("\n", settings), read("src/main/resources/settings.txt").strip());
    }

    @Test
    void everyRelativeLinkLeadsSomewhere() {
        Set<String> broken = new TreeSet<>();
        for (Path page : pages()) {
            for (String target : groups(LINK, read(page))) {
                if (target.contains("://") || target.startsWith("mailto:")) {
                    continue;
                }
                String[] parts = target.split("#", 2);
                Path file = parts[0].isEmpty() ? page : page.resolveSibling(parts[0]).normalize();
                if (!Files.exists(file) || parts.length == 2 && !anchors(read(file)).contains(parts[1])) {
                    broken.add(ROOT.relativize(page) + ": " + target);
                }
            }
        }
        assertEquals(Set.of(), broken);
    }

    /** A class of the service, of its tests or of Quarkus; a method is looked for in the class' source. */
    @Test
    void everyClassOnTheWayOfARequestExists() throws IOException {
        Map<String, Path> sources = new HashMap<>();
        try (Stream<Path> files = Files.walk(ROOT.resolve("src"))) {
            files.filter(file -> file.toString().endsWith(".java"))
                    .forEach(file -> sources.put(file.getFileName().toString().replace(".java", ""), file));
        }
        Set<String> foreign = Set.of(ReactiveRedisDataSource.class.getSimpleName(), Uni.class.getSimpleName());
        Set<String> missing = new TreeSet<>();
        for (MatchResult name : CLASS.matcher(read("docs/follow-one-request.md")).results().toList()) {
            Path source = sources.get(name.group(1));
            boolean known = name.group(2) == null
                    ? source != null || foreign.contains(name.group(1))
                    : source != null && read(source).contains(' ' + name.group(2) + '(');
            if (!known) {
                missing.add(name.group());
            }
        }
        assertEquals(Set.of(), missing);
    }

    @Test
    void everyFileThatAnImageCopiesExists() throws IOException {
        Set<String> missing = new TreeSet<>();
        try (Stream<Path> files = Files.list(ROOT.resolve("docker"))) {
            for (Path dockerfile : files.filter(f -> f.getFileName().toString().startsWith("Dockerfile")).toList()) {
                read(dockerfile).lines().filter(line -> line.startsWith("COPY ") && !line.contains("--from="))
                        .flatMap(line -> sources(line).stream()).filter(source -> !Files.exists(ROOT.resolve(source)))
                        .forEach(source -> missing.add(dockerfile.getFileName() + ": " + source));
            }
        }
        Path compose = ROOT.resolve("docker/compose.yaml");
        for (String context : groups(Pattern.compile("(?m)^\\s+context: (\\S+)"), read(compose))) {
            Path base = compose.resolveSibling(context).normalize();
            for (String dockerfile : groups(Pattern.compile("(?m)^\\s+dockerfile: (\\S+)"), read(compose))) {
                if (!Files.exists(base.resolve(dockerfile))) {
                    missing.add("compose.yaml: " + dockerfile);
                }
            }
        }
        assertEquals(Set.of(), missing);
    }

    @Test
    void readmeListsEveryPage() throws IOException {
        String readme = read("README.md");
        try (Stream<Path> files = Files.list(ROOT.resolve("docs"))) {
            for (Path page : files.filter(f -> f.toString().endsWith(".md")).toList()) {
                String link = "(docs/" + page.getFileName() + ")";
                assertTrue(readme.contains(link), () -> "README.md does not link to " + link);
            }
        }
    }

    /** The pages of features end alike, so that a reader knows where to look; and none grows into a wall. */
    @Test
    void pagesOfFeaturesHaveTheirLastSectionsInOneOrder() {
        List<String> last = List.of("When Redis is unavailable", "Redis", "Guarantees and limits", "Compatibility");
        for (String page : List.of("caching", "queues", "sessions", "refresh-tokens", "rate-limiting",
                "redis-over-http", "envoy")) {
            List<String> sections = sections(read("docs/" + page + ".md"));
            List<String> found = sections.stream().filter(last::contains).toList();
            assertEquals(last.stream().filter(sections::contains).toList(), found, page);
            assertEquals(found, sections.subList(sections.size() - found.size(), sections.size()), page);
            assertTrue(found.containsAll(last.subList(2, 4)), page);
        }
        pages().stream().filter(page -> page.getParent().endsWith("docs"))
                .forEach(page -> assertTrue(read(page).lines().count() <= MAX_LINES, () -> page + " is too long"));
    }

    @Test
    void everyListOfContentsNamesTheSectionsOfItsPage() {
        Pattern contents = Pattern.compile("(?s)\\*\\*On this page:\\*\\*(.*?)\n\n");
        for (Path page : pages()) {
            for (String list : groups(contents, read(page))) {
                assertEquals(sections(read(page)), groups(Pattern.compile("\\[([^]]+)\\]"), list), page::toString);
            }
        }
    }

    /** The headings of the second level, outside of code. */
    private static List<String> sections(String page) {
        return groups(Pattern.compile("(?m)^## (.+)$"), page.replaceAll("(?s)```.*?```", ""));
    }

    /** What is copied: everything on the line but options and the destination. */
    private static List<String> sources(String copy) {
        List<String> words = Arrays.stream(copy.split("\\s+")).skip(1).filter(word -> !word.startsWith("--")).toList();
        return words.subList(0, words.size() - 1);
    }

    private static List<String> settings(String prefix, Class<?> config) {
        List<String> found = new ArrayList<>();
        for (Method method : config.getDeclaredMethods()) {
            if (method.isDefault()) {
                continue;
            }
            String name = prefix + "."
                    + method.getName().replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
            Type type = method.getGenericReturnType();
            if (type instanceof ParameterizedType map && map.getRawType() == Map.class) {
                Class<?> value = (Class<?>) map.getActualTypeArguments()[1];
                if (value.isInterface()) {
                    found.addAll(settings(name + ".<>", value));
                } else {
                    found.add(name + ".<>");
                }
            } else if (method.getReturnType().isInterface() && method.getReturnType().getEnclosingClass() == config) {
                found.addAll(settings(name, method.getReturnType()));
            } else {
                found.add(name);
            }
        }
        return found;
    }

    private static List<Path> pages() {
        try (Stream<Path> docs = Files.walk(ROOT.resolve("docs")); Stream<Path> top = Files.list(ROOT)) {
            return Stream.concat(docs, top).filter(file -> file.toString().endsWith(".md")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The anchors of a page's headings, as they are made by those who show it. */
    private static List<String> anchors(String page) {
        return groups(Pattern.compile("(?m)^#+ (.+)$"), page).stream()
                .map(heading -> heading.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9 _-]", "").replace(' ', '-'))
                .toList();
    }

    private static List<String> groups(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.results().map((MatchResult m) -> Optional.ofNullable(m.group(1)).orElse("")).toList();
    }

    private static String read(String path) {
        return read(ROOT.resolve(path));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
