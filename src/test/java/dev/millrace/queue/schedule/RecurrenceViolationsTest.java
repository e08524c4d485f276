package dev.millrace.queue.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.millrace.http.problem.Violation;

/** Guarantees of what is refused: nonsense is, each time in words of ours that name the field and what it may be. */
class RecurrenceViolationsTest {

    private static final Duration HOUR = Duration.ofHours(1);

    @ParameterizedTest
    @ValueSource(strings = {"* * * * *", "0 0 1 1 0", "59 23 31 12 7", "0-59 0-23 1-31 1-12 0-7",
            "*/59 */23 */31 */12 */7",
            "0 0 29 2 *", "0 0 31 1,4 *", "0 0 30 2 1", "@daily", "5-5 * * * *", "1,1,1 * * * *", "*,5 * * * *"})
    void takesWhatIsSensible(String cron) {
        assertEquals(List.of(), Recurrences.violations(cron, null, "Europe/Berlin"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "*", "* *", "* * *", "* * * *", "* * * * * * *", "hello",
            "every day at noon please now or so",
            "0 12 * * * 2026 2027"})
    void counts(String cron) {
        int count = cron.isBlank() ? 0 : cron.strip().split(" ").length;
        assertEquals("must be five fields: minute hour day-of-month month day-of-week, or six with the second in front,"
                + " or a nickname such as @daily; has " + count, message(cron));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            60 * * * *          | minute "60"       | 0 to 59
            -1 * * * *          | minute "-1"       | 0 to 59
            100 * * * *         | minute "100"      | 0 to 59
            99999999999 * * * * | minute "99999999999" | 0 to 59
            * 24 * * *          | hour "24"         | 0 to 23
            * 1-24 * * *        | hour "1-24"       | 0 to 23
            * * 0 * *           | day-of-month "0"  | 1 to 31
            * * 32 * *          | day-of-month "32" | 1 to 31
            * * * 0 *           | month "0"         | 1 to 12 or JAN to DEC
            * * * 13 *          | month "13"        | 1 to 12 or JAN to DEC
            * * * * 8           | day-of-week "8"   | 0 to 7 or SUN to SAT
            60 * * * * *        | second "60"       | 0 to 59
            0 60 * * * *        | minute "60"       | 0 to 59
            */0 * * * *         | minute "*/0"      | a step /1 to /59
            */60 * * * *        | minute "*/60"     | a step /1 to /59
            */100 * * * *       | minute "*/100"    | a step /1 to /59
            */-5 * * * *        | minute "*/-5"     | a step /1 to /59
            */x * * * *         | minute "*/X"      | a step /1 to /59
            * */24 * * *        | hour "*/24"       | a step /1 to /23
            * * * * */8         | day-of-week "*/8" | a step /1 to /7
            1-5/0 * * * *       | minute "1-5/0"    | a step /1 to /59
            30-10 * * * *       | minute "30-10"    | from low to high
            * * * DEC-JAN *     | month "DEC-JAN"   | from low to high
            * * * * SAT-MON     | day-of-week "SAT-MON" | from low to high
            * * * * 7-2         | day-of-week "7-2" | from low to high
            1,60 * * * *        | minute "60"       | 0 to 59
            1,,2 * * * *        | minute ""         | 0 to 59
            ,1 * * * *          | minute ""         | 0 to 59
            1, * * * *          | minute ""         | 0 to 59
            1- * * * *          | minute "1-"       | 0 to 59
            1-2-3 * * * *       | minute "1-2-3"    | 0 to 59
            1/ * * * *          | minute "1/"       | 0 to 59
            /5 * * * *          | minute "/5"       | 0 to 59
            1/2/3 * * * *       | minute "1/2/3"    | 0 to 59
            */*  * * * *        | minute "*/*"      | 0 to 59
            ** * * * *          | minute "**"       | 0 to 59
            *5 * * * *          | minute "*5"       | 0 to 59
            *-5 * * * *         | minute "*-5"      | 0 to 59
            +5 * * * *          | minute "+5"       | 0 to 59
            1.5 * * * *         | minute "1.5"      | 0 to 59
            1¦2 * * * *         | minute "1¦2"      | 0 to 59
            5L * * * *          | minute "5L"       | 0 to 59
            MON * * * *         | minute "MON"      | 0 to 59
            * * MON * *         | day-of-month "MON" | 1 to 31
            * * * MON *         | month "MON"       | 1 to 12 or JAN to DEC
            * * * FOO *         | month "FOO"       | 1 to 12 or JAN to DEC
            * * * * JAN         | day-of-week "JAN" | 0 to 7 or SUN to SAT
            * * * * MONDAY      | day-of-week "MONDAY" | 0 to 7 or SUN to SAT
            * * * * FRI-SUN-MON | day-of-week "FRI-SUN-MON" | 0 to 7 or SUN to SAT
            * * 1-L * *         | day-of-month "1-L" | 1 to 31
            * * W * *           | day-of-month "W"  | 1 to 31
            * * L-31 * *        | day-of-month "L-31" | L-1 to L-30
            * * L-0 * *         | day-of-month "L-0" | L-1 to L-30
            * * 32W * *         | day-of-month "32W" | 1W to 31W
            * * 0W * *          | day-of-month "0W" | 1W to 31W
            * * 1-5W * *        | day-of-month "1-5W" | 1W to 31W
            * * WL * *          | day-of-month "WL" | LW
            * * L/2 * *         | day-of-month "L/2" | 1 to 31
            * * 5L * *          | day-of-month "5L" | 1 to 31
            * * * L *           | month "L"         | 1 to 12 or JAN to DEC
            * * * * L           | day-of-week "L"   | such a day with L
            * * * * 8L          | day-of-week "8L"  | such a day with L
            * * * * LW          | day-of-week "LW"  | such a day with L
            * * * * 5#0         | day-of-week "5#0" | #1 to #5
            * * * * 5#6         | day-of-week "5#6" | #1 to #5
            * * * * 8#1         | day-of-week "8#1" | #1 to #5
            * * * * FOO#1       | day-of-week "FOO#1" | #1 to #5
            * * * * 1-5#2       | day-of-week "1-5#2" | #1 to #5
            * * * * 5#2L        | day-of-week "5#2L" | #1 to #5
            * * * * #2          | day-of-week "#2"  | #1 to #5
            * * ? * 1           | day-of-month "?"  | 1 to 31
            0 0 0 * * ?         | day-of-week "?"   | 0 to 7 or SUN to SAT
            * * * * $(reboot)   | day-of-week "$(REBOOT)" | 0 to 7 or SUN to SAT
            a b c d e           | minute "A"        | 0 to 59
            """)
    void namesTheFieldAndWhatItMayBe(String cron, String field, String mayBe) {
        String message = message(cron.replace("¦", "|"));
        assertTrue(message.startsWith("has a bad " + field.replace("¦", "|") + ": must be "), message);
        assertTrue(message.contains(mayBe), message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\0", "* * * *\0*", "* * * * *\0", "💧 * * * *", "٣ * * * *", "５ * * * *", "* * * * ſun",
            "* * * * *\n",
            "* * *\n* *", "* * *\u00a0* *", "\u2003* * * * *", "é"})
    void takesAsciiOnly(String cron) {
        assertEquals("must consist of ASCII letters, digits, spaces and * , - / # @", message(cron));
    }

    @ParameterizedTest
    @ValueSource(strings = {"@", "@reboot", "@every 5m", "@daily @hourly", "@secondly", "@daily *"})
    void takesKnownNicknamesOnly(String cron) {
        assertEquals("must be @hourly, @daily, @weekly, @monthly or @yearly where it begins with @", message(cron));
    }

    @Test
    void isBounded() {
        String longest = "0,".repeat(59) + "0 * * * *";
        assertEquals(127, longest.length());
        assertEquals(List.of(), Recurrences.violations(longest + " ", null, null));
        assertEquals("must be at most 128 characters", message(longest + "  "));
        assertEquals("must be at most 128 characters", message("*".repeat(10_000_000)));
        assertEquals("must be at most 128 characters", message("💧".repeat(100)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0 0 30 2 *", "0 0 31 2 *", "0 0 31 4,6,9,11 *", "0 0 30-31 FEB *", "* * 30 2 */2",
            "0 0 31W 2,4 *", "0 0 L-30 2,4 *", "0 0 30W 2 *"})
    void refusesWhatNeverFires(String cron) {
        assertEquals("never fires: none of these months has such a day", message(cron));
    }

    @Test
    void isEitherACronExpressionOrAnInterval() {
        assertEquals(List.of(new Violation("cron", "must be given unless every is")),
                Recurrences.violations(null, null, null));
        assertEquals(List.of(new Violation("every", "must not be given together with cron")),
                Recurrences.violations("@daily", HOUR, null));
        assertEquals(List.of(new Violation("timezone", "is only allowed with cron")),
                Recurrences.violations(null, HOUR, "Europe/Berlin"));
        assertEquals(List.of("cron", "timezone"),
                Recurrences.violations("nonsense", null, "Mars/Olympus").stream().map(Violation::field).toList());
    }

    @Test
    void anIntervalIsASecondToAYear() {
        for (Duration good : List.of(Duration.ofSeconds(1), HOUR, Duration.ofMillis(1_001), Duration.ofDays(365))) {
            assertEquals(List.of(), Recurrences.violations(null, good, null), good.toString());
        }
        for (Duration bad : List.of(Duration.ZERO, Duration.ofMillis(999), Duration.ofSeconds(-5),
                Duration.ofDays(365).plusMillis(1), Duration.ofSeconds(Long.MAX_VALUE))) {
            assertEquals(List.of(new Violation("every", "must be between 1 s and 365 days")),
                    Recurrences.violations(null, bad, null), bad.toString());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "berlin", "Europe/Atlantis", "BST", "PST", "est", "+02:00", "Z", "GMT+2", "UTC+1",
            "Europe/Berlin ",
            "Europe\0Berlin", "💧", "../../etc/passwd"})
    void onlyNamesInTheTimeZoneDatabaseAreTimeZones(String timezone) {
        assertEquals(
                List.of(new Violation("timezone",
                        "must be a name in the IANA time zone database such as \"Europe/Berlin\" or \"UTC\"")),
                Recurrences.violations("@daily", null, timezone));
    }

    @Test
    void theCaseOfTimeZonesCounts() {
        assertEquals(
                List.of(new Violation("timezone", "must be written \"Europe/Berlin\": the case of letters counts")),
                Recurrences.violations("@daily", null, "europe/berlin"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTC", "Etc/UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Australia/Lord_Howe",
            "Etc/GMT+5", "EST", "MST", "HST", "ROC", "GMT+0", "GMT-0", "EST5EDT", "CET", "GB"})
    void andAllOfThemAre(String timezone) {
        assertEquals(List.of(), Recurrences.violations("@daily", null, timezone));
    }

    private static String message(String cron) {
        List<Violation> found = Recurrences.violations(cron, null, null);
        assertEquals(1, found.size(), "violations of " + cron);
        assertEquals("cron", found.get(0).field());
        return found.get(0).message();
    }
}
