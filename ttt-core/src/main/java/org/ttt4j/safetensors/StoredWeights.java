package org.ttt4j.safetensors;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.reduce.longer.MatchCondition;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.conditions.Conditions;
import org.ttt4j.param.Param;
import org.ttt4j.param.Q8Rows;
import org.ttt4j.param.Values;
import org.ttt4j.param.WeightSource;
import org.ttt4j.tensor.Tensors;
import org.ttt4j.tensor.TttException;

/**
 * A model's stored values. A matrix may stand in blocks of 32 signed bytes: an I8 tensor under the parameter's key and its
 * scales, F32 [rows, ceil(columns / 32)], under the key and {@value #SCALES}. The source stays the caller's to close.
 */
public final class StoredWeights implements WeightSource {

    /** What is appended to a matrix's key to name its scales. */
    public static final String SCALES = ".scales";

    /** How many keys of a kind a message lists. */
    private static final int LISTED = 12;

    private final TensorSource source;
    private final Map<String, String> aliases;

    public StoredWeights(TensorSource source) {
        this(source, Map.of());
    }

    /**
     * A source for models with tied weights. Some writers store a tied weight twice; the second copy is then no
     * unexpected key, provided that it holds the same values.
     *
     * @param aliases second key to the key of the parameter that it repeats, for example {@code lm_head.weight} to
     *     {@code model.embed_tokens.weight}
     */
    public StoredWeights(TensorSource source, Map<String, String> aliases) {
        this.source = source;
        this.aliases = Map.copyOf(aliases);
    }

    /** {@inheritDoc} The values must be finite. */
    @Override
    public INDArray read(Param p) {
        TensorInfo info = requireFit(p);
        if (!info.dtype().isFloating()) {
            float[] values = new float[Math.toIntExact(p.count())];
            values(p).read(0, values, 0, values.length);
            return Tensors.of(values, p.shape());
        }
        INDArray x = source.read(p.key());
        if (!x.isEmpty()) {
            requireFinite(p, x);
        }
        return x;
    }

    private void requireFinite(Param p, INDArray x) {
        long bad = Nd4j.getExecutioner()
                .exec(new MatchCondition(x, Conditions.notFinite()))
                .getLong(0);
        if (bad > 0) {
            throw TttException.mismatch(source.label(p.key()), "finite values", bad + " that are not");
        }
    }

    /** {@inheritDoc} */
    @Override
    public Values values(Param p) {
        TensorInfo info = requireFit(p);
        if (!info.dtype().isFloating()) {
            return new StoredQ8(source, info, source.info(p.key() + SCALES));
        }
        return (from, to, at, n) -> {
            source.read(info, from, to, at, n);
            for (int i = at; i < at + n; i++) {
                if (!Float.isFinite(to[i])) {
                    throw TttException.mismatch(source.label(p.key()), "finite values", to[i]);
                }
            }
        };
    }

    private TensorInfo requireFit(Param p) {
        TensorInfo info = source.info(p.key());
        if (!fits(info, p)) {
            throw TttException.mismatch(source.label(p.key()), expected(p), found(info));
        }
        return info;
    }

    /**
     * {@inheritDoc} A key that the parameters do not name is unexpected, unless it is an alias that holds the same
     * values, or the scales of a parameter in blocks.
     */
    @Override
    public void check(List<Param> params) {
        Map<String, Param> declared = new LinkedHashMap<>();
        params.forEach(p -> declared.put(p.key(), p));
        List<String> missing = new ArrayList<>();
        List<String> misfits = new ArrayList<>();
        Set<String> known = new LinkedHashSet<>(declared.keySet());
        for (Param p : declared.values()) {
            TensorInfo info = source.tensors().get(p.key());
            if (info == null) {
                missing.add(p.key());
            } else if (!fits(info, p)) {
                misfits.add(p.key() + " (expected " + expected(p) + ", found " + found(info) + ")");
            } else if (!info.dtype().isFloating()) {
                known.add(p.key() + SCALES);
            }
        }
        List<String> unexpected = new ArrayList<>();
        for (String key : source.tensors().keySet()) {
            if (!known.contains(key) && !declared.containsKey(aliases.get(key))) {
                unexpected.add(key);
            } else if (!known.contains(key) && !repeats(key, aliases.get(key))) {
                misfits.add(key + " (expected the values of " + aliases.get(key) + ", found others)");
            }
        }
        String report = line("missing", missing) + line("unexpected", unexpected) + line("mis-shaped", misfits);
        if (!report.isEmpty()) {
            throw new TttException(source.label() + " does not fit the model:" + report);
        }
    }

    private boolean repeats(String alias, String key) {
        return source.tensors().containsKey(key) && source.same(alias, key);
    }

    private boolean fits(TensorInfo info, Param p) {
        return Arrays.equals(info.shape(), p.shape()) && (info.dtype().isFloating() || inBlocks(info));
    }

    /** Whether a tensor is a matrix of signed bytes with the scales that belong to it. */
    private boolean inBlocks(TensorInfo info) {
        TensorInfo scales = source.tensors().get(info.name() + SCALES);
        return info.dtype() == DType.I8
                && info.shape().length == 2
                && scales != null
                && scales.dtype() == DType.F32
                && Arrays.equals(scales.shape(), new long[] {info.shape()[0], Q8Rows.blocks(info.shape()[1])});
    }

    private static String expected(Param p) {
        return "floating " + Arrays.toString(p.shape());
    }

    private static String found(TensorInfo info) {
        return info.dtype() + " " + Arrays.toString(info.shape());
    }

    private static String line(String kind, List<String> keys) {
        if (keys.isEmpty()) {
            return "";
        }
        String more = keys.size() > LISTED ? " and " + (keys.size() - LISTED) + " more" : "";
        return "\n  " + kind + " (" + keys.size() + "): "
                + String.join(", ", keys.subList(0, Math.min(LISTED, keys.size()))) + more;
    }
}
