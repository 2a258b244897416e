package org.ttt4j.speed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TimingTest {

    @Test
    void warmingUpIsLeftOut() {
        Timing timing = Timing.of(List.of(9.0, 4.0, 2.0, 2.1, 1.9, 2.0));
        assertEquals(9, timing.first());
        assertEquals(13, timing.steadyAfter());
        assertEquals(4, timing.runs());
        assertEquals(2, timing.seconds());
        assertEquals(5, timing.median());
        assertEquals(1.9, timing.least());
    }

    @Test
    void oneRunIsSteady() {
        Timing timing = Timing.of(List.of(3.0));
        assertEquals(3, timing.seconds());
        assertEquals(0, timing.steadyAfter());
    }

    @Test
    void aLateDisturbanceDoesNotMoveTheMedian() {
        assertEquals(2, Timing.of(List.of(2.0, 2.0, 2.0, 2.0, 7.0)).seconds());
    }

    @Test
    void runsAsOftenAsAsked() {
        AtomicInteger runs = new AtomicInteger();
        Timing.of(runs::incrementAndGet, 5, 0);
        assertEquals(5, runs.get());
        Timing.of(runs::incrementAndGet, 1, 0.01);
        assertTrue(runs.get() > 6, "until the time is over");
    }
}
