package org.ttt4j.host;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Arrays that are used again: what was handed out within a scope comes back when the scope ends or when it is freed. Outside
 * of any scope arrays are the garbage collector's. Every thread has scopes and arrays of its own.
 */
final class Arena {

    private final ThreadLocal<Local> local = ThreadLocal.withInitial(Local::new);

    /** An array whose values are undefined. */
    HostArray array(int... shape) {
        return local.get().array(shape);
    }

    /** An array of another's shape, but for the last dimension, whose values are undefined. */
    HostArray like(HostArray x, int width) {
        int[] shape = x.shape().clone();
        shape[shape.length - 1] = width;
        return array(shape);
    }

    HostArray zeros(int... shape) {
        HostArray x = array(shape);
        Arrays.fill(x.data(), 0);
        return x;
    }

    /** Runs the body; what it was handed is then used again, but for its result. */
    <R> R scope(Supplier<R> body) {
        return local.get().scope(body);
    }

    /** Takes an array back before its scope ends; one that is not of the current scope stays as it is. */
    void free(HostArray x) {
        local.get().free(x);
    }

    private static final class Local {

        private final Map<Integer, Deque<float[]>> idle = new HashMap<>();
        private final Deque<Set<float[]>> scopes = new ArrayDeque<>();
        private final Set<Integer> sizes = new HashSet<>(); // asked for since the outermost scope began

        HostArray array(int... shape) {
            if (scopes.isEmpty()) {
                return HostArray.zeros(shape);
            }
            int n = HostArray.count(shape);
            sizes.add(n);
            Deque<float[]> same = idle.get(n);
            float[] data = same == null || same.isEmpty() ? new float[n] : same.pop();
            scopes.peek().add(data);
            return new HostArray(data, shape);
        }

        <R> R scope(Supplier<R> body) {
            scopes.push(new HashSet<>());
            R result = null;
            try {
                result = body.get();
                return result;
            } finally {
                end(result);
            }
        }

        private void end(Object result) {
            Set<float[]> handed = scopes.pop();
            if (result instanceof HostArray kept && handed.remove(kept.data()) && !scopes.isEmpty()) {
                scopes.peek().add(kept.data());
            }
            handed.forEach(this::recycle);
            if (scopes.isEmpty()) {
                idle.keySet().retainAll(sizes); // what this run did not need, the next one hardly will
                sizes.clear();
            }
        }

        void free(HostArray x) {
            if (!scopes.isEmpty() && scopes.peek().remove(x.data())) {
                recycle(x.data());
            }
        }

        private void recycle(float[] data) {
            idle.computeIfAbsent(data.length, n -> new ArrayDeque<>()).push(data);
        }
    }
}
