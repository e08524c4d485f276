package dev.millrace.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Guarantees of what requests share: no more is taken than there is, one owner leaves half to the others, and all comes back once. */
class FairBudgetTest {

    private final FairBudget budget = new FairBudget(100);

    @Test
    void noMoreIsTakenThanThereIs() {
        FairBudget.Share one = budget.share("a");
        FairBudget.Share two = budget.share("b");
        assertTrue(one.take(60));
        assertFalse(two.take(41));
        assertTrue(two.take(40));
        assertFalse(one.take(1));
        assertEquals(100, budget.taken());
    }

    @Test
    void oneOwnerGetsHalf() {
        FairBudget.Share one = budget.share("a");
        FairBudget.Share two = budget.share("a");
        assertTrue(one.take(30) && two.take(20));
        assertFalse(one.take(1));
        assertFalse(budget.share("a").take(1));
        FairBudget.Share other = budget.share("b");
        assertTrue(other.take(50));
        two.close();
        assertTrue(one.take(20));
        other.close();
        assertFalse(budget.share("a").take(1), "nobody else has anything, but may come");
    }

    @Test
    void halfOfAnOddNumberIsRoundedUp() {
        FairBudget one = new FairBudget(1);
        FairBudget.Share only = one.share("a");
        assertTrue(only.take(1));
        assertFalse(one.share("a").take(1) || one.share("b").take(1));
        only.close();
        FairBudget three = new FairBudget(3);
        assertTrue(three.share("a").take(1));
        assertTrue(three.share("a").take(1));
        assertFalse(three.share("a").take(1));
        assertTrue(three.share("b").take(1));
    }

    @Test
    void allComesBackOnce() {
        FairBudget.Share one = budget.share("a");
        FairBudget.Share two = budget.share("b");
        assertTrue(one.take(30) && one.take(31) && two.take(10));
        one.close();
        one.close();
        assertEquals(10, budget.taken());
        assertFalse(one.take(1));
        two.close();
        assertEquals(0, budget.taken());
        assertTrue(budget.share("a").take(50) && budget.share("b").take(50));
    }

    @Test
    void whatIsKeptComesBackWithWhatKeepsIt() {
        FairBudget.Share sending = budget.share("a");
        FairBudget.Share arrived = budget.share("a");
        assertTrue(sending.take(10) && arrived.take(20));
        sending.keep(arrived);
        assertEquals(30, budget.taken());
        sending.close();
        assertEquals(0, budget.taken());
        FairBudget.Share late = budget.share("a");
        assertTrue(late.take(20));
        sending.keep(late);
        assertEquals(0, budget.taken());
    }

    @Test
    void whatIsLargerThanAllIsAdmittedAlone() {
        FairBudget.Share large = budget.share("a");
        assertTrue(large.take(50) && large.take(500));
        FairBudget.Share other = budget.share("b");
        assertFalse(other.take(1));
        large.close();
        assertTrue(other.take(1));
        assertFalse(budget.share("a").take(500));
    }

    @Test
    void whatIsLargerThanHalfIsAdmittedIfItsOwnerHasNothingElse() {
        assertTrue(budget.share("a").take(40));
        FairBudget.Share large = budget.share("b");
        assertTrue(large.take(60));
        assertFalse(budget.share("b").take(1));
    }
}
