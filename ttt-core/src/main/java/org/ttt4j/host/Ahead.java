package org.ttt4j.host;

import java.util.IdentityHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.ttt4j.kernel.Workers;

/**
 * Lets threads that wait read what will be needed next. Decoding is bound by memory, and memory is idle while one thread does
 * the small operations between two products: the others bring the next weights near meanwhile. What comes next is what
 * came next in the token before. Nothing but time depends on it.
 */
final class Ahead {

    /** Pieces that are read ahead at most: a few megabytes, much less than the outer cache. */
    private static final int MOST = 512;

    /** Needs that are looked through at most: they come round again. */
    private static final int FAR = 8;

    /** What is needed at a time, as pieces of some kilobytes, in the order in which a second thread will need them. */
    interface Pieces {
        int count();

        /** Reads a piece; the result means nothing, and must be kept. */
        int touch(int piece);
    }

    private static final class Need {
        private volatile Pieces pieces;
        private volatile Need next;
    }

    private final Workers workers;
    private final Map<Object, Need> needs = new IdentityHashMap<>();
    private Need last;

    Ahead(Workers workers) {
        this.workers = workers;
    }

    /** What belongs to the key is being used: threads may read what follows it. */
    synchronized void using(Object key, Pieces pieces) {
        Need need = needs.computeIfAbsent(key, k -> new Need());
        need.pieces = pieces;
        if (last != null) {
            last.next = need;
        }
        last = need;
        if (need.next != null && workers.threads() > 1) {
            workers.whileWaiting(new Reading(need.next));
        }
    }

    /** Reads nothing ahead until the next use. */
    synchronized void stop() {
        if (last != null) {
            last = null;
            workers.whileWaiting(null);
        }
    }

    private static final class Reading implements Workers.Pastime {
        private final Need first;
        private final AtomicInteger position = new AtomicInteger();
        private volatile int seen;

        Reading(Need first) {
            this.first = first;
        }

        @Override
        public boolean step() {
            int piece = position.getAndIncrement();
            if (piece >= MOST) {
                return false;
            }
            Need need = first;
            for (int i = 0; need != null && piece >= need.pieces.count(); i++) {
                piece -= need.pieces.count();
                need = i < FAR ? need.next : null;
            }
            if (need == null) {
                return false;
            }
            seen = need.pieces.touch(piece);
            return true;
        }
    }
}
