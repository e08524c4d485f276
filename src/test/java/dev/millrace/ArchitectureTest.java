package dev.millrace;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleNameEndingWith;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;

/**
 * Keeps the structure that CONTRIBUTING.md describes: the API calls services, services call stores, stores call Redis;
 * shared packages know no feature; no cycle between packages; internals of Vert.x and Netty stay behind {@code redis}
 * and {@code http.wire}.
 */
class ArchitectureTest {

    private static final String ROOT = "dev.millrace.";

    /** Packages that offer something to clients of the service. The other packages are shared by them. */
    private static final String[] FEATURES = Stream
            .of("ratelimit", "session", "token", "oauth", "cache", "queue", "kv", "ops")
            .map(feature -> ROOT + feature + "..").toArray(String[]::new);

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("dev.millrace");

    private static final DescribedPredicate<JavaClass> API = simpleNameEndingWith("Resource")
            .or(simpleNameEndingWith("Routes")).or(resideInAPackage("dev.millrace..api..")).as("are the API");
    private static final DescribedPredicate<JavaClass> SERVICE = simpleNameEndingWith("Service").as("are services");
    private static final DescribedPredicate<JavaClass> STORE = simpleNameEndingWith("Store")
            .and(not(simpleName("NoStore"))).as("are stores");
    private static final DescribedPredicate<JavaClass> LINKS = resideInAPackage(ROOT + "redis.link..")
            .as("are the connections to Redis");
    private static final DescribedPredicate<JavaClass> REDIS_ACCESS = LINKS
            .or(resideInAnyPackage("io.quarkus.redis..", "io.vertx.redis..", "io.vertx.mutiny.redis.."))
            .or(simpleName("Script")).or(simpleName("Scripts")).or(simpleName("ScriptRunner"))
            .as("give access to Redis");
    private static final DescribedPredicate<JavaClass> INTERNALS = resideInAnyPackage("io.vertx..impl..",
            "io.netty.buffer..", "io.netty.channel..", "io.netty.util.concurrent..", "io.netty..internal..")
            .and(not(assignableTo(Throwable.class))).as("are internals of Vert.x and Netty");

    /** Its tasks start up to a second late, and a round is skipped now and then. */
    @Test
    void backgroundTasksDoNotUseTheSchedulerOfQuarkus() {
        noClasses().should().dependOnClassesThat().resideInAnyPackage("io.quarkus.scheduler..").check(CLASSES);
    }

    @Test
    void storesKnowNeitherServicesNorTheApi() {
        noClasses().that(STORE).should().dependOnClassesThat(API.or(SERVICE)).check(CLASSES);
    }

    @Test
    void servicesDoNotKnowTheApi() {
        noClasses().that(SERVICE).should().dependOnClassesThat(API).check(CLASSES);
    }

    @Test
    void theApiCallsServicesNotStoresOrRedis() {
        noClasses().that(API).should().dependOnClassesThat(STORE.or(REDIS_ACCESS)).check(CLASSES);
    }

    @Test
    void servicesAndStoresDoNotSeeTheConnectionsToRedis() {
        noClasses().that(SERVICE.or(STORE)).should().dependOnClassesThat(LINKS).check(CLASSES);
    }

    @Test
    void nobodyOutsideRedisSeesTheLinks() {
        noClasses().that().resideOutsideOfPackage(ROOT + "redis..").should()
                .dependOnClassesThat(simpleName("RedisLinks").or(simpleName("RedisLink"))).check(CLASSES);
    }

    @Test
    void aStoreIsUsedOnlyInItsOwnFeature() {
        classes().that(STORE).should(new BeUsedOnlyInItsOwnFeature()).check(CLASSES);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("dev.millrace.(**)").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void sharedPackagesDoNotKnowFeatures() {
        noClasses().that().resideOutsideOfPackages(FEATURES).should().dependOnClassesThat()
                .resideInAnyPackage(FEATURES).check(CLASSES);
    }

    @Test
    void redisKnowsNothingOfHttpAndDefinitions() {
        noClasses().that().resideInAPackage(ROOT + "redis..").should().dependOnClassesThat()
                .resideInAnyPackage(ROOT + "http..", ROOT + "auth..", ROOT + "settings..", ROOT + "user..",
                        ROOT + "outbound..")
                .check(CLASSES);
    }

    @Test
    void internalsOfVertxAndNettyStayInRedisAndWireAndEventLoop() {
        noClasses().that().resideOutsideOfPackages(ROOT + "redis..", ROOT + "http.wire..").and()
                .doNotHaveSimpleName("EventLoop").should().dependOnClassesThat(INTERNALS).check(CLASSES);
    }

    @Test
    void onlyRedisMakesRedisClients() {
        noClasses().that().resideOutsideOfPackage(ROOT + "redis..").should()
                .callMethodWhere(target(name("createClient")).and(target(owner(resideInAPackage("io.vertx..redis..")))))
                .orShould().dependOnClassesThat(simpleName("RedisOptions")).check(CLASSES);
    }

    @Test
    void onlyOutboundMakesHttpClients() {
        noClasses().that().resideOutsideOfPackages(ROOT + "outbound..").should().dependOnClassesThat()
                .haveNameMatching(
                        "io\\.vertx\\.(mutiny\\.)?(core\\.http\\.HttpClient|ext\\.web\\.client\\.WebClient).*")
                .check(CLASSES);
    }

    @Test
    void pushAndCacheBothUseOutbound() {
        for (String client : List.of(ROOT + "cache.OriginClient", ROOT + "queue.push.WebhookClient")) {
            classes().that().haveFullyQualifiedName(client).should().dependOnClassesThat()
                    .resideInAPackage(ROOT + "outbound..").check(CLASSES);
        }
    }

    /** ArchUnit does not see string constants, hence the source is read. */
    @Test
    void onlyKeysWritesKeyNames() throws IOException {
        // Examples of the OpenAPI document name keys, too.
        Pattern keyName = Pattern.compile("(?<!examples = )(?<!\"key\":)\"mr:");
        Set<String> register = Set.of("Keys.java", "KeyKind.java");
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            List<String> others = files.filter(Files::isRegularFile)
                    .filter(file -> !register.contains(file.getFileName().toString()))
                    .filter(file -> keyName.matcher(read(file)).find()).map(Path::toString).sorted().toList();
            assertEquals(List.of(), others);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The feature is the first package under the root. */
    private static final class BeUsedOnlyInItsOwnFeature extends ArchCondition<JavaClass> {

        BeUsedOnlyInItsOwnFeature() {
            super("be used only in its own feature");
        }

        @Override
        public void check(JavaClass store, ConditionEvents events) {
            for (Dependency use : store.getDirectDependenciesToSelf()) {
                boolean allowed = feature(use.getOriginClass()).equals(feature(store));
                events.add(new SimpleConditionEvent(store, allowed, use.getDescription()));
            }
        }

        private static String feature(JavaClass c) {
            return c.getPackageName().substring(ROOT.length()).split("\\.")[0];
        }
    }
}
