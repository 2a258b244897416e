package org.ttt4j.safetensors;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.reduce.longer.MatchCondition;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.conditions.Conditions;
import org.ttt4j.param.Param;
import org.ttt4j.param.WeightSource;
import org.ttt4j.tensor.TttException;

/** A model's values in a safetensors file. The file stays the caller's to close. */
public final class SafetensorsWeights implements WeightSource {

    /** How many keys of a kind a message lists. */
    private static final int LISTED = 12;

    private final SafetensorsFile file;
    private final Map<String, String> aliases;

    public SafetensorsWeights(SafetensorsFile file) {
        this(file, Map.of());
    }

    /**
     * A source for models with tied weights. Some writers store a tied weight twice; the second copy is then no
     * unexpected key, provided that it holds the same values.
     *
     * @param aliases second key to the key of the parameter that it repeats, for example {@code lm_head.weight} to
     *     {@code model.embed_tokens.weight}
     */
    public SafetensorsWeights(SafetensorsFile file, Map<String, String> aliases) {
        this.file = file;
        this.aliases = Map.copyOf(aliases);
    }

    /** {@inheritDoc} The values must be finite. */
    @Override
    public INDArray read(Param p) {
        TensorInfo info = file.info(p.key());
        if (!fits(info, p)) {
            throw TttException.mismatch(file.label(p.key()), expected(p), found(info));
        }
        INDArray x = file.read(p.key());
        long bad = Nd4j.getExecutioner()
                .exec(new MatchCondition(x, Conditions.notFinite()))
                .getLong(0);
        if (bad > 0) {
            throw TttException.mismatch(file.label(p.key()), "finite values", bad + " that are not");
        }
        return x;
    }

    /**
     * {@inheritDoc} A key that the parameters do not name is unexpected, unless it is an alias that holds the same
     * values.
     */
    @Override
    public void check(List<Param> params) {
        Map<String, Param> declared = new LinkedHashMap<>();
        params.forEach(p -> declared.put(p.key(), p));
        List<String> missing = new ArrayList<>();
        List<String> misfits = new ArrayList<>();
        for (Param p : declared.values()) {
            TensorInfo info = file.tensors().get(p.key());
            if (info == null) {
                missing.add(p.key());
            } else if (!fits(info, p)) {
                misfits.add(p.key() + " (expected " + expected(p) + ", found " + found(info) + ")");
            }
        }
        List<String> unexpected = new ArrayList<>();
        for (String key : file.tensors().keySet()) {
            if (!declared.containsKey(key) && !declared.containsKey(aliases.get(key))) {
                unexpected.add(key);
            } else if (!declared.containsKey(key) && !repeats(key, aliases.get(key))) {
                misfits.add(key + " (expected the values of " + aliases.get(key) + ", found others)");
            }
        }
        String report = line("missing", missing) + line("unexpected", unexpected) + line("mis-shaped", misfits);
        if (!report.isEmpty()) {
            throw new TttException(file.path() + " does not fit the model:" + report);
        }
    }

    private boolean repeats(String alias, String key) {
        return file.tensors().containsKey(key) && file.same(alias, key);
    }

    private static boolean fits(TensorInfo info, Param p) {
        return info.dtype().isFloating() && Arrays.equals(info.shape(), p.shape());
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
