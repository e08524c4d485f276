package dev.millrace.ratelimit;

import java.util.ArrayList;
import java.util.List;

import jakarta.inject.Singleton;

import io.smallrye.mutiny.Uni;

/**
 * Lists of checks on a cluster, where limits are on different servers and no single script reaches all of them. Each check is
 * charged by itself. If the list is atomic and one check was denied or got no reply, the others are refunded, except those that are
 * charged in any case. In between, other callers see the charge and may be denied; never is more admitted than the limit.
 */
@Singleton
class ClusterChecks {

    private final RateLimitStore store;

    ClusterChecks(RateLimitStore store) {
        this.store = store;
    }

    /** Returns the outcomes in the order of the checks; fails if any check got no reply. */
    Uni<List<CheckOutcome>> decide(String tenant, List<Check> checks, boolean atomic) {
        CheckOutcomes[] answers = new CheckOutcomes[checks.size()];
        Throwable[] failure = new Throwable[1];
        List<Uni<CheckOutcomes>> calls = new ArrayList<>(checks.size());
        for (int i = 0; i < checks.size(); i++) {
            int index = i;
            calls.add(store.decide(tenant, List.of(checks.get(i)), false)
                    .invoke(answer -> answers[index] = answer)
                    .onFailure().invoke(e -> failure[0] = e)
                    .onFailure().recoverWithNull());
        }
        return Uni.join().all(calls).andCollectFailures().flatMap(done -> {
            boolean passes = failure[0] == null;
            boolean hasQuota = false;
            boolean quotaLeft = false;
            List<CheckOutcome> outcomes = new ArrayList<>(checks.size());
            for (int i = 0; i < answers.length && failure[0] == null; i++) {
                outcomes.add(answers[i].list().get(0));
                boolean admitted = outcomes.get(i).admitted();
                passes &= admitted || !checks.get(i).holdsBack();
                boolean quota = checks.get(i).quota() && !checks.get(i).policy().shadow();
                hasQuota |= quota;
                quotaLeft |= quota && admitted;
            }
            passes &= quotaLeft || !hasQuota;
            Uni<List<CheckOutcome>> result = failure[0] == null
                    ? Uni.createFrom().item(outcomes)
                    : Uni.createFrom().failure(failure[0]);
            return atomic && !passes ? refund(tenant, checks, answers).chain(() -> result) : result;
        });
    }

    /** A failed refund leaves the limit charged, which never admits too much. */
    private Uni<Void> refund(String tenant, List<Check> checks, CheckOutcomes[] answers) {
        List<Uni<Boolean>> refunds = new ArrayList<>();
        for (int i = 0; i < answers.length; i++) {
            if (answers[i] != null && answers[i].list().get(0).admitted() && checks.get(i).cost() > 0
                    && !checks.get(i).overdraft()) {
                refunds.add(store.refund(tenant, checks.get(i), answers[i].decidedAt()).onFailure().recoverWithNull());
            }
        }
        return refunds.isEmpty()
                ? Uni.createFrom().voidItem()
                : Uni.join().all(refunds).andCollectFailures().replaceWithVoid();
    }
}
