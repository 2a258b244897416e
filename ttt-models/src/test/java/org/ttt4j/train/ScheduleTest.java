package org.ttt4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.ttt4j.tensor.TttException;

class ScheduleTest {

    @Test
    void risesLinearlyAndFallsAlongHalfACosine() {
        Schedule schedule = new Schedule(3e-3, 1e-4, 10);
        assertEquals(3e-4, schedule.at(1, 110), 1e-18);
        assertEquals(1.5e-3, schedule.at(5, 110), 1e-18);
        assertEquals(3e-3, schedule.at(10, 110), 0);
        assertEquals(1e-4 + 2.9e-3 * (1 + Math.cos(Math.PI / 4)) / 2, schedule.at(35, 110), 1e-17);
        assertEquals(1.55e-3, schedule.at(60, 110), 1e-17);
        assertEquals(1e-4, schedule.at(110, 110), 0);
    }

    @Test
    void warmUpMayBeNothingOrEverything() {
        assertEquals(1e-3, new Schedule(2e-3, 0, 0).at(1, 2), 1e-18);
        assertEquals(0, new Schedule(2e-3, 0, 0).at(2, 2), 0);
        assertEquals(2e-3, new Schedule(2e-3, 0, 4).at(4, 4), 0);
        assertEquals(1e-3, new Schedule(2e-3, 0, 8).at(4, 4), 0);
    }

    @Test
    void badRatesAreRefused() {
        assertThrows(TttException.class, () -> new Schedule(1e-3, 2e-3, 0));
        assertThrows(TttException.class, () -> new Schedule(Double.NaN, 0, 0));
        assertThrows(TttException.class, () -> new Schedule(1e-3, -1, 0));
        assertThrows(TttException.class, () -> new Schedule(1e-3, 0, -1));
    }

    /** The authors' formula for TTT-MLP: [0.01 + min(1, (step-1)/warm)(0.1 - 0.01)]/0.1. */
    @Test
    void innerWarmUp() {
        InnerWarmup warmup = new InnerWarmup(0.1, 480);
        for (long step : new long[] {1, 2, 240, 480, 481, 4800}) {
            double expected = (0.01 + Math.min(1, (step - 1) / 480.0) * (0.1 - 0.01)) / 0.1;
            assertEquals(expected, warmup.multiplier(step), 1e-15);
        }
        assertEquals(1, InnerWarmup.NONE.multiplier(1), 0);
    }
}
