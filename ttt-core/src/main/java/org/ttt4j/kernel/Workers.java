package org.ttt4j.kernel;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.ttt4j.tensor.TttException;

/**
 * A fixed set of threads that runs numbered tasks; the calling thread takes part. Each thread begins with a range of its own,
 * so that neighbouring tasks, which read neighbouring memory, run on one thread; it claims tasks one by one, and when its
 * range is done it helps with the others': a busy core slows nothing but its own task. Callers cut work by its size, never by the number of threads, so results do not
 * depend on it.
 *
 * <p>May be shared: a call from inside a task, or while another thread's call is running, runs its tasks on the caller
 * alone.
 */
public final class Workers implements AutoCloseable {

    /** Rounds of waiting before a thread parks: some hundred microseconds, longer than what one thread does between products. */
    private static final int SPINS = 20_000;

    /** Integers of two cache lines: hardware fetches them in pairs. */
    private static final int LINE = 32;

    /** Something that may be done or left. */
    public interface Pastime {

        /**
         * Does about a quarter of a microsecond's work; called by several threads at a time.
         *
         * @return whether there is more
         */
        boolean step();
    }

    private final Worker[] helpers;
    private final AtomicBoolean busy = new AtomicBoolean();
    private volatile Job job;
    private volatile Pastime pastime;
    private volatile boolean closed;

    /**
     * Starts {@code threads - 1} daemon threads.
     *
     * @param threads the number of threads that work, the caller included; at least 1
     */
    public Workers(int threads) {
        if (threads < 1) {
            throw TttException.mismatch("threads", "at least 1", threads);
        }
        helpers = new Worker[threads - 1];
        for (int i = 0; i < helpers.length; i++) {
            helpers[i] = new Worker(i + 1);
            helpers[i].start();
        }
    }

    /** The number of threads, the caller included. */
    public int threads() {
        return helpers.length + 1;
    }

    /**
     * Runs {@code task} for 0 .. tasks-1 in any order and returns when all are done. If one throws, tasks that have not
     * begun are dropped and the first exception is thrown here.
     */
    public void run(int tasks, IntConsumer task) {
        if (tasks <= 1 || helpers.length == 0 || closed || !busy.compareAndSet(false, true)) {
            for (int i = 0; i < tasks; i++) {
                task.accept(i);
            }
            return;
        }
        Job mine = new Job(tasks, Math.min(tasks, threads()), task);
        try {
            job = mine;
            for (int i = 0; i < Math.min(helpers.length, tasks - 1); i++) {
                helpers[i].wake();
            }
            mine.work(0);
            mine.await(pastime);
        } finally {
            job = null;
            busy.set(false);
        }
        mine.rethrow();
    }

    /**
     * What threads do while they wait for the next call, and a caller while it waits for the others, instead of what they
     * were told last; null for nothing.
     */
    public void whileWaiting(Pastime pastime) {
        this.pastime = pastime;
    }

    /** Ends the threads. Later calls of {@link #run} run on the caller alone. */
    @Override
    public void close() {
        closed = true;
        for (Worker helper : helpers) {
            LockSupport.unpark(helper);
        }
    }

    /** One call of {@link #run}. A thread that comes late finds nothing left to claim. */
    private static final class Job {
        private final int tasks;
        private final int ranges;
        private final Thread owner = Thread.currentThread();
        private final AtomicIntegerArray next; // of every range, each in a cache line of its own
        private final AtomicInteger pending; // tasks that are not known to be done
        private volatile boolean parked;
        private volatile Throwable failure;
        private IntConsumer task;

        Job(int tasks, int ranges, IntConsumer task) {
            this.tasks = tasks;
            this.ranges = ranges;
            this.task = task;
            pending = new AtomicInteger(tasks);
            next = new AtomicIntegerArray(ranges * LINE);
            for (int range = 1; range < ranges; range++) {
                next.set(range * LINE, first(range));
            }
        }

        private int first(int range) {
            return (int) ((long) tasks * range / ranges);
        }

        /** @param thread its number, from 0 */
        void work(int thread) {
            int done = 0;
            for (int i = 0; i < ranges; i++) {
                done += work((thread + i) % ranges, first((thread + i) % ranges + 1));
            }
            if (done > 0 && pending.addAndGet(-done) == 0 && parked) {
                LockSupport.unpark(owner);
            }
        }

        /** Returns how many tasks it did. */
        private int work(int range, int end) {
            int done = 0;
            int i;
            while (next.get(range * LINE) < end && (i = next.getAndIncrement(range * LINE)) < end) {
                try {
                    if (failure == null) {
                        task.accept(i);
                    }
                } catch (Throwable e) {
                    failure = e;
                }
                done++;
            }
            return done;
        }

        /** @param meanwhile may be done until then; null for nothing */
        void await(Pastime meanwhile) {
            boolean more = meanwhile != null;
            for (int spin = 0; pending.get() != 0; spin++) {
                if (more) {
                    more = meanwhile.step();
                } else if (spin < SPINS) {
                    Thread.onSpinWait();
                } else {
                    parked = true;
                    if (pending.get() != 0) {
                        LockSupport.park(this);
                    }
                }
            }
            task = null; // a helper may remember this job for long; it must not keep the task's arrays alive
        }

        void rethrow() {
            if (failure instanceof RuntimeException e) {
                throw e;
            }
            if (failure instanceof Error e) {
                throw e;
            }
        }
    }

    private final class Worker extends Thread {
        private final int number;
        private volatile boolean parked;
        private Pastime finished;

        Worker(int number) {
            super("ttt-worker-" + number);
            this.number = number;
            setDaemon(true);
        }

        void wake() {
            if (parked) {
                LockSupport.unpark(this);
            }
        }

        @Override
        public void run() {
            Job last = null;
            int spin = 0;
            while (!closed) {
                Job current = job;
                if (current != null && current != last) {
                    last = current;
                    current.work(number);
                    spin = 0;
                } else if (spin++ < SPINS) {
                    pass();
                } else {
                    parked = true;
                    if (!closed && (job == null || job == last)) {
                        LockSupport.park(this);
                    }
                    parked = false;
                    spin = 0;
                }
            }
        }

        private void pass() {
            Pastime current = pastime;
            if (current == null || current == finished) {
                Thread.onSpinWait();
            } else if (!current.step()) {
                finished = current;
            }
        }
    }
}
