package dev.millrace.queue.schedule;

import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import com.cronutils.model.field.constraint.FieldConstraints;
import com.cronutils.model.field.expression.Between;
import com.cronutils.model.field.expression.Every;
import com.cronutils.model.field.expression.FieldExpression;
import com.cronutils.model.field.expression.On;
import com.cronutils.model.field.expression.visitor.ValidationFieldExpressionVisitor;
import com.cronutils.model.field.value.FieldValue;
import com.cronutils.model.field.value.SpecialChar;
import com.cronutils.parser.FieldParser;

/** A field of a cron expression, in the order of the form with six fields. */
enum CronField {

    SECOND("second", 0, 59, Map.of()), //
    MINUTE("minute", 0, 59, Map.of()), //
    HOUR("hour", 0, 23, Map.of()), //
    DAY_OF_MONTH("day-of-month", 1, 31, Map.of()), //
    MONTH("month", 1, 12,
            Map.ofEntries(Map.entry("JAN", 1), Map.entry("FEB", 2), Map.entry("MAR", 3), Map.entry("APR", 4),
                    Map.entry("MAY", 5), Map.entry("JUN", 6), Map.entry("JUL", 7), Map.entry("AUG", 8),
                    Map.entry("SEP", 9), Map.entry("OCT", 10), Map.entry("NOV", 11), Map.entry("DEC", 12))), //
    DAY_OF_WEEK("day-of-week", 0, 7,
            Map.of("MON", 1, "TUE", 2, "WED", 3, "THU", 4, "FRI", 5, "SAT", 6, "SUN", 7));

    /**
     * The cron library also accepts {@code /5}, {@code +5}, {@code 1|2} and digits of other scripts, so fields are
     * checked first.
     */
    private static final Pattern ITEM = Pattern.compile("(\\*|V(-V)?)(/\\d\\d?)?".replace("V", "(\\d\\d?|[A-Z]{3})"));

    private final String label;
    private final int least;
    private final int most;
    @SuppressWarnings("ImmutableEnumChecker") // Only immutable maps are given.
    private final Map<String, Integer> names;

    CronField(String label, int least, int most, Map<String, Integer> names) {
        this.label = label;
        this.least = least;
        this.most = most;
        this.names = names;
    }

    /**
     * Parses an item of a field, or a list of them, in upper case, to a bit set of the values that it allows.
     *
     * @throws IllegalArgumentException if it is not valid; the message says what is allowed
     */
    long bits(String text) {
        FieldConstraints constraints = new FieldConstraints(names, Map.of(), Set.of(SpecialChar.NONE), least, most,
                true);
        long bits = 0;
        for (String item : text.split(",", -1)) {
            if (!ITEM.matcher(item).matches()) {
                throw refused(item);
            }
            try {
                // Sunday is the last day of a range (FRI-SUN), except where it is the first.
                FieldExpression read = new FieldParser(constraints).parse(item.replace("SUN-", "0-"));
                read.accept(new ValidationFieldExpressionVisitor(constraints));
                bits |= bits(read);
            } catch (IllegalArgumentException e) {
                throw refused(item);
            }
        }
        return bits;
    }

    private long bits(FieldExpression read) {
        if (read instanceof Every every) {
            return bits(every.getExpression(), most, every.getPeriod().getValue());
        }
        return bits(read, least, 1);
    }

    private long bits(FieldExpression read, int lastOfValue, int step) {
        int from = least;
        int to = most;
        if (read instanceof Between range) {
            from = number(range.getFrom());
            to = number(range.getTo());
        } else if (read instanceof On value) {
            from = value.getTime().getValue();
            to = Math.max(from, lastOfValue);
        }
        long bits = 0;
        for (int value = from; value <= to; value += step) {
            bits |= 1L << value;
        }
        return bits;
    }

    private static int number(FieldValue<?> value) {
        return (Integer) value.getValue();
    }

    private IllegalArgumentException refused(String item) {
        String values = least + " to " + most;
        if (this == MONTH) {
            values += " or JAN to DEC";
        } else if (this == DAY_OF_WEEK) {
            values += " or SUN to SAT";
        }
        return new IllegalArgumentException("has a bad " + label + " \"" + item + "\": must be * or " + values
                + ", a range of them from low to high, either with a step /1 to /" + most
                + " if wanted, " + (this == DAY_OF_MONTH
                        ? "L, L-1 to L-30, LW, 1W to 31W, "
                        : this == DAY_OF_WEEK ? "such a day with L or #1 to #5, " : "")
                + "or a list with commas");
    }

    /** The value that a number or a name stands for; null for another name. */
    @Nullable
    Integer value(String text) {
        return Character.isDigit(text.charAt(0)) ? Integer.valueOf(text) : names.get(text);
    }
}
