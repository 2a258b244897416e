package org.ttt4j.host;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.ttt4j.kernel.Workers;
import org.ttt4j.matrix.Matrix;
import org.ttt4j.matrix.WeightType;
import org.ttt4j.ops.Linear;
import org.ttt4j.param.Param;
import org.ttt4j.param.Q8Rows;
import org.ttt4j.param.Values;
import org.ttt4j.param.WeightSource;
import org.ttt4j.tensor.TttException;

/**
 * The values of a model's parameters. A matrix of a projection or of the embedding is packed when it is first used, and its
 * rows are then let go: they are unpacked again if somebody asks for them, and kept from then on.
 */
final class HostWeights {

    private final Map<Param, HostArray> rows = new LinkedHashMap<>();
    private final Map<Param, Matrix> matrices = new HashMap<>();
    private final Set<Param> asked = new HashSet<>(); // somebody may hold the rows, and change them
    private final Set<Param> stale = new HashSet<>(); // matrices that are older than their rows
    private final List<Param> params;
    private final Set<Param> rounded = new HashSet<>();
    private final WeightType type;
    private final Map<Param, Values> unread = new HashMap<>();
    private final boolean packs;
    private final Workers workers;

    /**
     * Takes values over. What may be a matrix that is to be rounded is not read before it is used, or {@link #settle} is
     * called: it is packed then piece by piece, and never held in float32.
     *
     * @param packs whether matrices can be packed; if not, their rows are rounded and stay
     */
    HostWeights(List<Param> params, WeightSource source, WeightType type, boolean packs, Workers workers) {
        this.params = List.copyOf(new LinkedHashSet<>(params));
        this.type = type;
        this.packs = packs;
        this.workers = workers;
        for (Param p : this.params) {
            Values values = source.values(p);
            if (packs && typeOf(p) != WeightType.FLOAT32) {
                unread.put(p, values);
            } else {
                rows.put(p, read(p, values));
            }
        }
    }

    private static HostArray read(Param p, Values values) {
        float[] all = new float[Math.toIntExact(p.count())];
        values.read(0, all, 0, all.length);
        return new HostArray(all, HostArray.shape(p.shape()));
    }

    /** Reads what has not been used yet: the source is not needed any more. */
    synchronized void settle() {
        unread.forEach((p, values) -> rows.put(p, read(p, values)));
        unread.clear();
    }

    /** The rows of a parameter, if they are there or can still be read; else null. */
    private HostArray rows(Param p) {
        Values values = unread.remove(p);
        if (values != null) {
            rows.put(p, read(p, values));
        }
        return rows.get(p);
    }

    List<Param> params() {
        return params;
    }

    /** Precision of matrices. */
    WeightType type() {
        return type;
    }

    /** The live values, row by row. */
    synchronized HostArray values(Param p) {
        asked.add(p);
        HostArray values = rows(p);
        if (values == null) {
            values = unpacked(p);
            rows.put(p, values);
        }
        return values;
    }

    /** The values, perhaps a copy. */
    synchronized HostArray snapshot(Param p) {
        HostArray values = rows(p);
        return values == null ? unpacked(p) : values;
    }

    private HostArray unpacked(Param p) {
        Matrix matrix = matrices.get(p);
        if (matrix == null) {
            throw TttException.mismatch("parameter", "one that this executor holds", p.key());
        }
        float[] values = new float[Math.toIntExact(p.count())];
        workers.run(matrix.outputs(), o -> matrix.read(o, values, o * matrix.inputs()));
        return new HostArray(values, HostArray.shape(p.shape()));
    }

    /** The rows of a matrix, rounded to its precision: for those who multiply without packing. */
    synchronized HostArray rounded(Param p) {
        HostArray values = rows(p);
        if (typeOf(p) != WeightType.FLOAT32 && rounded.add(p)) {
            type.round(requireFinite(p, values).data(), values.width());
        }
        return values(p);
    }

    /** A not-a-number or an infinity would spoil the scale of its whole block. */
    private static HostArray requireFinite(Param p, HostArray values) {
        requireFinite(p, values.data(), values.data().length);
        return values;
    }

    private static void requireFinite(Param p, float[] values, int n) {
        for (int i = 0; i < n; i++) {
            if (!Float.isFinite(values[i])) {
                throw TttException.mismatch(p.key(), "finite numbers, to be rounded", values[i]);
            }
        }
    }

    /** The matrix of a linear map, packed for products. */
    Matrix matrix(Linear map) {
        return matrix(map.weight(), map.out(), map.in());
    }

    /** The matrix of an embedding, if it is packed or has to be rounded; else null. */
    synchronized Matrix table(Param table) {
        if (!packs) {
            rounded(table);
            return null;
        }
        boolean plain = type == WeightType.FLOAT32 && rows.containsKey(table);
        return plain ? null : matrix(table, (int) table.shape()[0], (int) table.shape()[1]);
    }

    private synchronized Matrix matrix(Param p, int outputs, int inputs) {
        Matrix matrix = matrices.get(p);
        if (matrix == null || stale.remove(p)) {
            Matrix packed = matrix == null ? Matrix.of(typeOf(p), outputs, inputs) : matrix;
            Values values = unread.remove(p);
            if (values != null) {
                pack(p, values, packed);
            } else {
                pack(p, snapshot(p), packed);
            }
            matrices.put(p, packed);
            if (!asked.contains(p)) {
                rows.remove(p);
            }
            return packed;
        }
        return matrix;
    }

    private void pack(Param p, HostArray source, Matrix packed) {
        float[] values = packed.type() == WeightType.FLOAT32
                ? source.data()
                : requireFinite(p, source).data();
        workers.run(packed.panels(), panel -> packed.pack(panel, values, panel * Matrix.PANEL * packed.inputs()));
    }

    /** Every thread reads and packs a panel at a time. */
    private void pack(Param p, Values values, Matrix packed) {
        int width = packed.inputs();
        Q8Rows blocks = values.q8();
        ThreadLocal<float[]> scratch = ThreadLocal.withInitial(() -> new float[Matrix.PANEL * width]);
        workers.run(packed.panels(), panel -> {
            int first = panel * Matrix.PANEL;
            int n = Math.min(Matrix.PANEL, packed.outputs() - first);
            if (blocks != null) {
                byte[] q = new byte[n * width];
                float[] scales = new float[n * Q8Rows.blocks(width)];
                blocks.read(first, n, q, scales);
                packed.pack(panel, q, scales);
            } else {
                float[] rows = scratch.get();
                values.read((long) first * width, rows, 0, n * width);
                requireFinite(p, rows, n * width);
                packed.pack(panel, rows, 0);
            }
        });
    }

    /** The inner learning-rate gate is a stack of vectors, [H, 1, C], and stays float32. */
    private WeightType typeOf(Param p) {
        return p.shape().length == 2 ? type : WeightType.FLOAT32;
    }

    /** The rows that were asked for have changed. */
    synchronized void changed() {
        stale.addAll(matrices.keySet());
        stale.retainAll(asked);
    }
}
