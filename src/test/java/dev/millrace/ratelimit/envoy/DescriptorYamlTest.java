package dev.millrace.ratelimit.envoy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.millrace.ratelimit.Algorithm;
import dev.millrace.ratelimit.FailMode;
import dev.millrace.ratelimit.Policy;
import dev.millrace.ratelimit.envoy.Descriptors.Match;

class DescriptorYamlTest {

    private static final String OK = "requests_per_unit: 1, unit: hour";

    @Test
    void readsARuleWithEverythingInIt() {
        Match match = match("""
                domain: shop
                descriptors:
                  - key: plan
                    value: 7
                    descriptors:
                      - key: user
                        shadow_mode: true
                        detailed_metric: true
                        value_to_metric: true
                        quota_mode: true
                        metadata: {service: x, n: 1.5}
                        rate_limit:
                          window: 15m
                          requests_per_unit: 100
                          algorithm: token-bucket
                          burst: 20
                          fail_mode: local
                          overdraft: true
                          name: per-user
                          replaces: [{name: a}, {name: b}]
                """, "plan", "7", "user", "42");
        assertEquals(
                new Rule(Policy.of("shop.plan_7.user", Algorithm.TOKEN_BUCKET, 100, 900_000).withBurst(20)
                        .withFailMode(FailMode.LOCAL).withShadow(true).withSource(Policy.Source.ENVOY), "per-user",
                        Set.of("a", "b"), true, true, EnvoyMetadata.struct(Map.of("service", "x", "n", 1.5))),
                match.rule());
        assertEquals("plan=7;user=42", match.identifier());
    }

    @Test
    void takesTheDefaultsOfTheConfiguration() {
        Policy policy = match(rule("{" + OK + "}"), "a", "1").rule().policy();
        assertEquals(Algorithm.FIXED_WINDOW, policy.algorithm());
        assertEquals(1, policy.burst());
        assertNull(policy.failMode());
        assertEquals(FailMode.OPEN, new DescriptorYaml(Algorithm.FIXED_WINDOW, FailMode.OPEN)
                .add("f.yaml", rule("{" + OK + "}")).descriptors().match("shop", entries("a", "1")).rule().policy()
                .failMode());
    }

    @ParameterizedTest
    @CsvSource({"second,1", "Minute,60", "HOUR,3600", "day,86400", "week,604800", "month,2592000", "year,31536000"})
    void readsEveryUnit(String unit, long seconds) {
        assertEquals(seconds * 1000,
                match(rule("{requests_per_unit: 1, unit: " + unit + "}"), "a", "1").rule().policy().windowMs());
    }

    @ParameterizedTest
    @CsvSource({"404,404", "007,007", "1.10,1.10", "true,true", "'\"a b\"',a b"})
    void aValueIsTextHoweverItIsWritten(String yaml, String value) {
        assertNotNull(match("domain: shop\ndescriptors: [{key: a, value: " + yaml + ", rate_limit: {" + OK + "}}]", "a",
                value));
    }

    @Test
    void aRuleThatAllowsNothingStaysClosedInAnOutage() {
        Policy policy = match(rule("{unit: day, requests_per_unit: 0, algorithm: sliding-window, fail_mode: open}"),
                "a",
                "1").rule().policy();
        assertEquals(FailMode.CLOSED, policy.failMode());
    }

    @Test
    void theFirstWildcardOfTheFileWinsOverTheDescriptorWithoutValue() {
        String yaml = """
                domain: shop
                descriptors:
                  - {key: a, rate_limit: {unit: day, requests_per_unit: 1}}
                  - {key: a, value: x*y, rate_limit: {unit: day, requests_per_unit: 3}}
                  - {key: a, value: x*, rate_limit: {unit: day, requests_per_unit: 2}}
                  - {key: a, value: xyz, rate_limit: {unit: day, requests_per_unit: 4}}
                """;
        assertEquals(1, match(yaml, "a", "").rule().policy().limit());
        assertEquals(1, match(yaml, "a", "y").rule().policy().limit());
        assertEquals(2, match(yaml, "a", "x").rule().policy().limit());
        assertEquals(3, match(yaml, "a", "xy").rule().policy().limit());
        assertEquals(4, match(yaml, "a", "xyz").rule().policy().limit());
        assertEquals("a=xy", match(yaml, "a", "xy").identifier());
    }

    @Test
    void noEntriesCanPassForOthers() {
        assertEquals("a\\;b\\==1\\\\", new EntryPath().add("a;b=", "1\\").identifier());
        assertEquals("a=1;HOUR", new EntryPath().add("a", "1").add(Unit.HOUR).identifier());
        assertTrue(new EntryPath().add("a", "é".repeat(300)).identifier().matches("[0-9a-f]{64}"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "{unit: fortnight, requests_per_unit: 1}|unit must be second, minute, hour, day, week, month or year",
            "{requests_per_unit: 1}|unit or window must be given, not both",
            "{unit: day, window: 1d, requests_per_unit: 1}|unit or window must be given, not both",
            "{unit: day}|requests_per_unit must be given",
            "{unit: day, requests_per_unit: -1}|requests_per_unit must be between 0 and 4294967295",
            "{unit: day, requests_per_unit: 4294967296}|requests_per_unit must be between 0 and 4294967295",
            "{unit: day, requests_per_unit: 1, algorithm: sliding-window, overdraft: true}|overdraft does not go with sliding-window, which stores each admission; use sliding-window-counter",
            "{unit: day, requests_per_unit: 1, overdraft: some}|overdraft must be true or false",
            "{unlimited: true, overdraft: true}|unlimited leaves nothing to limit: it goes with name and replaces only",
            "{unit: day, requests_per_unit: 10001, algorithm: sliding-window}|requests_per_unit must be between 1 and 10000; above it use sliding-window-counter",
            "{unit: day, requests_per_unit: many}|requests_per_unit must be a whole number",
            "{unit: day, requests_per_unit: 1, burst: 2}|burst belongs to token-bucket only",
            "{unit: day, requests_per_unit: 1, algorithm: concurrency}|algorithm must not be concurrency, which needs leases",
            "{unit: day, requests_per_unit: 1, algorithm: magic}|algorithm must be one of sliding-window, sliding-window-counter, fixed-window, token-bucket, concurrency",
            "{unit: day, requests_per_unit: 1, fail_mode: maybe}|fail_mode must be one of open, closed, local",
            "{window: 400d, requests_per_unit: 1}|window must be between 1 ms and 366 days",
            "{window: soon, requests_per_unit: 1}|window must be a duration such as \"250ms\", \"30s\", \"15m\", \"2h\", \"7d\", \"PT15M\" or a number of milliseconds",
            "{unlimited: true, unit: day}|unlimited leaves nothing to limit: it goes with name and replaces only",
            "{unlimited: maybe}|unlimited must be true or false",
            "{unit: day, requests_per_unit: 1, replaces: [{}]}|replaces[0].name must be given",
            "{unit: day, requests_per_unit: 1, name: x, replaces: [{name: x}]}|replaces[0].name must not be the limit's own",
            "{unit: day, requestsPerUnit: 1}|requestsPerUnit is not a known field"})
    void namesFileAndFieldOfAFaultyLimit(String limit, String fault) {
        assertEquals("f.yaml: descriptors[0].rate_limit." + fault, fault(rule(limit)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "''|must hold one object, of domain and descriptors",
            "[]|must hold one object, of domain and descriptors",
            "descriptors: []|domain must be given",
            "{domain: shop, descriptors: [{value: x}]}|descriptors[0].key must be given",
            "{domain: shop, descriptors: [{key: a, descriptors: [{key: b}, null]}]}|descriptors[0].descriptors[1].key must be given",
            "{domain: shop, descriptors: [{key: a}, {key: a}]}|descriptors[1] has the key and value of another descriptor beside it",
            "{domain: shop, descriptors: [{key: a, value: b}, {key: a}, {key: a, value: b}]}|descriptors[2] has the key and value of another descriptor beside it",
            "{domain: shop, descriptors: [{key: a, value: b, share_threshold: true}]}|descriptors[0].share_threshold belongs to a value with a *",
            "{domain: shop, descriptors: [{key: 'a*'}]}|descriptors[0].key must not contain *: a key is matched as it is",
            "{domain: shop, descriptors: [{key: a, value: '*'}, {key: a, value: 'b*'}]}|descriptors[1] is never matched: the value * before it matches all that this one does; put this one first",
            "{domain: shop, descriptors: [{key: a, value: 'b*'}, {key: a, value: 'b*c*'}]}|descriptors[1] is never matched: the value b* before it matches all that this one does; put this one first",
            "{domain: shop, descriptors: [{key: a, value: '*'}, {key: a}]}|descriptors[1] is never matched: the value * beside it matches everything",
            "{domain: shop, descriptors: [{key: a}, {key: a, value: '**'}]}|descriptors[1] matches everything, so that the descriptor without a value beside it is never matched",
            "{domain: shop, descriptors: [{key: a, value: 'b*'}, {key: a, value: 'b*'}]}|descriptors[1] has the key and value of another descriptor beside it",
            "{domain: shop, descriptors: [{key: a, quota_mode: true}]}|descriptors[0].quota_mode needs a rate_limit",
            "{domain: shop, descriptors: [{key: a, quota_mode: true, rate_limit: {unlimited: true}}]}|descriptors[0].quota_mode does not go with unlimited",
            "{domain: shop, descriptors: [{key: a, metadata: {b: 1}}]}|descriptors[0].metadata needs a rate_limit",
            "{domain: shop, descriptors: [{key: a, metadata: {domain: 1}, rate_limit: {unlimited: true}}]}|descriptors[0].metadata.domain is a name of the service's own",
            "{domain: shop, descriptors: [{key: a, metadata: b, rate_limit: {unlimited: true}}]}|descriptors[0].metadata must be an object",
            "{domain: shop, descriptors: [{key: a, vallue: b}]}|descriptors[0].vallue is not a known field",
            "{domain: shop, descriptors: {key: a}}|descriptors must be an array",
            "{domain: shop, descriptors: [a]}|descriptors[0] must be an object",
            "{domain: shop, rules: []}|rules is not a known field"})
    void namesFileAndFieldOfAnyFault(String yaml, String fault) {
        assertEquals("f.yaml: " + fault, fault(yaml));
    }

    @Test
    void namesTheLineOfWhatIsNotYaml() {
        for (String yaml : new String[]{"domain: shop\ndescriptors: [", "domain: a\ndomain: b",

                "domain: \"a\n", "\tdomain: a"}) {
            String fault = fault(yaml);
            assertTrue(fault.startsWith("f.yaml: not well-formed YAML at line "), yaml + " gives " + fault);
            assertTrue(fault.lines().count() == 1, fault);
        }
    }

    /** Otherwise an alias would be the text of its name, which matches nothing. */
    @Test
    void aliasesAndMergesAreWrittenOut() {
        String yaml = """
                domain: shop
                descriptors:
                  - key: &user user
                    value: &seven 007
                    rate_limit: &limit {unit: hour, requests_per_unit: 3}
                  - key: plan
                    rate_limit: *limit
                  - key: path
                    value: *seven
                    rate_limit: {<<: *limit, requests_per_unit: 5}
                  - key: *user
                    value: eight
                    rate_limit: {<<: [{requests_per_unit: 6, name: first}, *limit]}
                """;
        assertEquals(3, match(yaml, "plan", "x").rule().policy().limit());
        assertEquals(5, match(yaml, "path", "007").rule().policy().limit());
        assertEquals(3_600_000, match(yaml, "path", "007").rule().policy().windowMs());
        Rule merged = match(yaml, "user", "eight").rule();
        assertEquals(6, merged.policy().limit());
        assertEquals("first", merged.name());
        assertEquals(3_600_000, merged.policy().windowMs());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "{domain: &a shop, descriptors: *b}|not well-formed YAML at line 1: found undefined alias b",
            "{domain: shop, descriptors: &a [*a]}|not well-formed YAML: an alias contains itself",
            "{domain: shop, descriptors: [&a {key: x, <<: *a}]}|not well-formed YAML: an alias contains itself",
            "{domain: &a shop, descriptors: [{key: x, <<: *a}]}|not well-formed YAML: << must name an object, or a list of objects",
            "{domain: &a shop, descriptors: [{key: *a, key: b}]}|not well-formed YAML: key is there twice, the second time at line 1"})
    void refusesAliasesThatLeadNowhere(String yaml, String fault) {
        assertEquals("f.yaml: " + fault, fault(yaml));
    }

    @Test
    void aliasesOfAliasesAreBounded() {
        StringBuilder yaml = new StringBuilder("domain: shop\ndescriptors:\n  - &a0 {key: x}\n");
        for (int i = 1; i < 20; i++) {
            yaml.append("  - &a").append(i).append(" {key: x, descriptors: [*a").append(i - 1).append(", *a")
                    .append(i - 1)
                    .append(", *a").append(i - 1).append("]}\n");
        }
        assertEquals("f.yaml: not well-formed YAML: more than 100000 values with the aliases written out",
                fault(yaml.toString()));
    }

    @Test
    void aFileIsOneDocument() {
        assertEquals("f.yaml: must hold one object, of domain and descriptors", fault("domain: a\n---\ndomain: b"));
    }

    @Test
    void aDomainMayBeInSeveralFiles() {
        DescriptorYaml yaml = new DescriptorYaml(Algorithm.FIXED_WINDOW, null).add("f.yaml", rule("{" + OK + "}"))
                .add("g.yaml", "{domain: shop, descriptors: [{key: b, rate_limit: {" + OK + "}}]}");
        assertNotNull(yaml.descriptors().match("shop", entries("a", "1")));
        assertNotNull(yaml.descriptors().match("shop", entries("b", "1")));
        assertEquals("h.yaml: descriptors[0] has the key and value of another descriptor beside it",
                assertThrows(InvalidDescriptorsException.class,
                        () -> yaml.add("h.yaml", "{domain: shop, descriptors: [{key: a}]}")).getMessage());
    }

    @Test
    void aLimitMayBeAsHighAsTheProtocolAllows() {
        assertEquals(4_294_967_295L,
                match(rule("{unit: day, requests_per_unit: 4294967295}"), "a", "1").rule().policy().limit());
    }

    @Test
    void aCostAboveOneIsChargedInAnyCaseUnlessTheRuleSaysOtherwise() {
        Rule plain = match(rule("{" + OK + "}"), "a", "1").rule();
        assertFalse(plain.overdraws(1));
        assertTrue(plain.overdraws(2));
        assertTrue(match(rule("{" + OK + ", overdraft: true}"), "a", "1").rule().overdraws(1));
        assertFalse(match(rule("{" + OK + ", overdraft: false}"), "a", "1").rule().overdraws(2));
        assertTrue(match(rule("{" + OK + ", algorithm: sliding-window}"), "a", "1").rule().overdraws(2));
        assertFalse(match(rule("{unit: day, requests_per_unit: 0}"), "a", "1").rule().overdraws(2));
        assertFalse(match(rule("{unlimited: true}"), "a", "1").rule().overdraws(2));
    }

    private static String rule(String limit) {
        return "{domain: shop, descriptors: [{key: a, rate_limit: " + limit + "}]}";
    }

    private static String fault(String yaml) {
        DescriptorYaml reader = new DescriptorYaml(Algorithm.FIXED_WINDOW, null);
        return assertThrows(InvalidDescriptorsException.class, () -> reader.add("f.yaml", yaml)).getMessage();
    }

    private static Match match(String yaml, String... keysAndValues) {
        return new DescriptorYaml(Algorithm.FIXED_WINDOW, null).add("f.yaml", yaml).descriptors()
                .match("shop", entries(keysAndValues));
    }

    private static java.util.List<dev.millrace.ratelimit.envoy.proto.RateLimitDescriptor.Entry> entries(
            String... keysAndValues) {
        return EnvoyClient.descriptor(keysAndValues).getEntriesList();
    }
}
