package org.ttt4j.rows;

import static org.ttt4j.rows.Lanes.LENGTH;
import static org.ttt4j.rows.Lanes.load;

import jdk.incubator.vector.FloatVector;

/** Sums over n entries, in two or four vectors of partial sums, by the Vector API. */
final class VectorSums {

    private static final int BLOCK = 4 * LENGTH;

    private VectorSums() {}

    static float sum(float[] x, int at, int n) {
        FloatVector a = FloatVector.zero(Lanes.SPECIES);
        FloatVector b = a;
        int i = 0;
        for (; i + 2 * LENGTH <= n; i += 2 * LENGTH) {
            a = a.add(load(x, at + i));
            b = b.add(load(x, at + i + LENGTH));
        }
        for (; i + LENGTH <= n; i += LENGTH) {
            a = a.add(load(x, at + i));
        }
        float sum = Lanes.sum(a.add(b));
        for (; i < n; i++) {
            sum += x[at + i];
        }
        return sum;
    }

    /** {@code Σ (x - mean)²}. */
    static float squares(float[] x, int at, int n, float mean) {
        FloatVector a = FloatVector.zero(Lanes.SPECIES);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        int i = 0;
        for (; i + BLOCK <= n; i += BLOCK) {
            FloatVector p = load(x, at + i).sub(mean);
            FloatVector q = load(x, at + i + LENGTH).sub(mean);
            FloatVector r = load(x, at + i + 2 * LENGTH).sub(mean);
            FloatVector s = load(x, at + i + 3 * LENGTH).sub(mean);
            a = p.fma(p, a);
            b = q.fma(q, b);
            c = r.fma(r, c);
            d = s.fma(s, d);
        }
        for (; i + LENGTH <= n; i += LENGTH) {
            FloatVector p = load(x, at + i).sub(mean);
            a = p.fma(p, a);
        }
        float sum = Lanes.sum(a.add(b).add(c.add(d)));
        for (; i < n; i++) {
            float p = x[at + i] - mean;
            sum = Math.fma(p, p, sum);
        }
        return sum;
    }

    /** {@code Σ x y z}, x and z at one offset, y at 0. */
    static float dot(float[] x, float[] y, float[] z, int at, int n) {
        FloatVector a = FloatVector.zero(Lanes.SPECIES);
        FloatVector b = a;
        int i = 0;
        for (; i + 2 * LENGTH <= n; i += 2 * LENGTH) {
            FloatVector p = load(x, at + i).mul(load(y, i));
            FloatVector q = load(x, at + i + LENGTH).mul(load(y, i + LENGTH));
            a = p.fma(load(z, at + i), a);
            b = q.fma(load(z, at + i + LENGTH), b);
        }
        for (; i + LENGTH <= n; i += LENGTH) {
            a = load(x, at + i).mul(load(y, i)).fma(load(z, at + i), a);
        }
        float sum = Lanes.sum(a.add(b));
        for (; i < n; i++) {
            sum = Math.fma(x[at + i] * y[i], z[at + i], sum);
        }
        return sum;
    }

    /** {@code Σ x y} and {@code Σ x y (z - mean)}, x and z at one offset, y at 0. */
    static void dots(float[] x, float[] y, float[] z, int at, int n, float mean, float[] two) {
        FloatVector a = FloatVector.zero(Lanes.SPECIES);
        FloatVector b = a;
        int i = 0;
        for (; i + LENGTH <= n; i += LENGTH) {
            FloatVector p = load(x, at + i).mul(load(y, i));
            a = a.add(p);
            b = p.fma(load(z, at + i).sub(mean), b);
        }
        float sum = Lanes.sum(a);
        float along = Lanes.sum(b);
        for (; i < n; i++) {
            float p = x[at + i] * y[i];
            sum += p;
            along = Math.fma(p, z[at + i] - mean, along);
        }
        two[0] = sum;
        two[1] = along;
    }

    /** {@code y += x}. */
    static void add(float[] x, int xAt, float[] y, int yAt, int n) {
        int i = 0;
        for (; i + LENGTH <= n; i += LENGTH) {
            load(y, yAt + i).add(load(x, xAt + i)).intoArray(y, yAt + i);
        }
        for (; i < n; i++) {
            y[yAt + i] += x[xAt + i];
        }
    }
}
