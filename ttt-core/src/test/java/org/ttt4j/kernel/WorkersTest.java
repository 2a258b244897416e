package org.ttt4j.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.ttt4j.tensor.TttException;

class WorkersTest {

    @Test
    void everyTaskRunsOnce() {
        for (int threads = 1; threads <= 4; threads++) {
            try (Workers workers = new Workers(threads)) {
                for (int round = 0; round < 300; round++) {
                    int tasks = round % 17;
                    AtomicIntegerArray runs = new AtomicIntegerArray(17);
                    workers.run(tasks, runs::incrementAndGet);
                    for (int i = 0; i < 17; i++) {
                        assertEquals(i < tasks ? 1 : 0, runs.get(i));
                    }
                }
            }
        }
    }

    @Test
    void wakesHelpersThatHaveParked() throws InterruptedException {
        try (Workers workers = new Workers(3)) {
            for (int round = 0; round < 3; round++) {
                Thread.sleep(20);
                AtomicInteger sum = new AtomicInteger();
                workers.run(100, sum::addAndGet);
                assertEquals(4950, sum.get());
            }
        }
    }

    @Test
    void aPastimeIsDoneBetweenCallsUntilNothingIsLeft() throws InterruptedException {
        try (Workers workers = new Workers(3)) {
            CountDownLatch done = new CountDownLatch(2);
            AtomicInteger steps = new AtomicInteger();
            workers.whileWaiting(() -> {
                boolean more = steps.incrementAndGet() < 100;
                if (!more) {
                    done.countDown();
                }
                return more;
            });
            AtomicInteger sum = new AtomicInteger();
            workers.run(100, sum::addAndGet);
            assertEquals(4950, sum.get());
            assertTrue(done.await(10, TimeUnit.SECONDS));
            assertTrue(steps.get() <= 102, "each thread is told once");
        }
    }

    @Test
    void aCallerThatWaitsForTheOthersDoesThePastime() {
        try (Workers workers = new Workers(2)) {
            Thread caller = Thread.currentThread();
            CountDownLatch helping = new CountDownLatch(1);
            CountDownLatch stepped = new CountDownLatch(1);
            workers.whileWaiting(() -> {
                if (Thread.currentThread() == caller) {
                    stepped.countDown();
                }
                return stepped.getCount() > 0;
            });
            workers.run(2, i -> {
                if (Thread.currentThread() != caller) {
                    helping.countDown();
                }
                awaitUninterrupted(Thread.currentThread() == caller ? helping : stepped);
            });
            assertEquals(0, stepped.getCount());
        }
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            assertTrue(latch.await(10, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void anExceptionReachesTheCallerAndThePoolLivesOn() {
        try (Workers workers = new Workers(2)) {
            IllegalStateException e = assertThrows(
                    IllegalStateException.class,
                    () -> workers.run(50, i -> {
                        if (i == 7) {
                            throw new IllegalStateException("seven");
                        }
                    }));
            assertEquals("seven", e.getMessage());
            AtomicInteger count = new AtomicInteger();
            workers.run(10, i -> count.incrementAndGet());
            assertEquals(10, count.get());
        }
    }

    @Test
    void callsFromInsideATaskAndFromOtherThreadsAreServed() throws InterruptedException {
        try (Workers workers = new Workers(2)) {
            AtomicInteger count = new AtomicInteger();
            Thread other = new Thread(() -> {
                for (int i = 0; i < 200; i++) {
                    workers.run(5, j -> count.incrementAndGet());
                }
            });
            other.start();
            for (int i = 0; i < 200; i++) {
                workers.run(4, j -> workers.run(3, k -> count.incrementAndGet()));
            }
            other.join();
            assertEquals(200 * 5 + 200 * 12, count.get());
        }
    }

    @Test
    void worksAloneAfterClose() {
        Workers workers = new Workers(2);
        workers.close();
        AtomicInteger count = new AtomicInteger();
        workers.run(6, i -> count.incrementAndGet());
        assertEquals(6, count.get());
        assertEquals(2, workers.threads());
        assertTrue(assertThrows(TttException.class, () -> new Workers(0))
                .getMessage()
                .contains("threads"));
    }
}
