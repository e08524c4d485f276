package dev.millrace.ratelimit;

/**
 * One check of a limit.
 *
 * @param policy the limit
 * @param identifier what is limited
 * @param cost how much to consume; 0 peeks, as if for a cost of 1
 * @param overdraft whether the cost is charged even if it does not fit; under sliding-window, which stores each admission, as much of it as
 *        fits
 * @param quota whether, in an atomic list, its denial holds the others back only if all checks with a quota are denied
 */
public record Check(Policy policy, String identifier, long cost, boolean overdraft, boolean quota) {

    /** A check whose denial consumes nothing and holds the others of its list back. */
    public Check(Policy policy, String identifier, long cost) {
        this(policy, identifier, cost, false, false);
    }

    /** Returns whether its cost is charged whatever the decision is. */
    boolean isAlwaysCharged() {
        return overdraft && cost > 0;
    }

    /** Returns whether its denial alone holds the others of an atomic list back. */
    boolean holdsBack() {
        return !quota && !policy.shadow();
    }
}
