package dev.millrace.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Guarantees of the memory that requests share: no more is taken than there is, and all comes back once. */
class MemoryBudgetTest {

    private final MemoryBudget budget = new MemoryBudget(100);

    @Test
    void noMoreIsTakenThanThereIs() {
        MemoryBudget.Share one = budget.share();
        MemoryBudget.Share two = budget.share();
        assertTrue(one.take(60));
        assertFalse(two.take(41));
        assertTrue(two.take(40));
        assertFalse(one.take(1));
        assertEquals(100, budget.taken());
    }

    @Test
    void allComesBackOnce() {
        MemoryBudget.Share one = budget.share();
        MemoryBudget.Share two = budget.share();
        assertTrue(one.take(30) && one.take(31) && two.take(10));
        one.close();
        one.close();
        assertEquals(10, budget.taken());
        assertFalse(one.take(1));
    }

    @Test
    void whatIsLargerThanAllIsAdmittedAlone() {
        MemoryBudget.Share large = budget.share();
        assertTrue(large.take(50) && large.take(500));
        MemoryBudget.Share other = budget.share();
        assertFalse(other.take(1));
        large.close();
        assertTrue(other.take(1));
        assertFalse(budget.share().take(500));
    }
}
