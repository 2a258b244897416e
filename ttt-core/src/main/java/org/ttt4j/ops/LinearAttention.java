package org.ttt4j.ops;

import java.util.Locale;
import org.ttt4j.tensor.TttException;

/**
 * Causal linear attention (Katharopoulos et al. 2020): {@code y_t = φ(q_t)ᵀ S_t}, {@code S_t = S_{t-1} + φ(k_t) v_tᵀ}, with
 * the normalised one divided by {@code φ(q_t)·z_t}, {@code z_t = z_{t-1} + φ(k_t)}. Its memory are S [B, H, D, D] and z [B, H, D].
 *
 * @param key the state's name in a {@link SequenceState}
 * @param heads H
 * @param headSize D
 * @param form feature map and normaliser
 */
public record LinearAttention(String key, int heads, int headSize, Form form) implements StateSpec {

    /** The tensor S [B, H, D, D] of the state; its rows belong to the keys. */
    public static final String STATE = "S";

    /** The tensor z [B, H, D] of the state, with a normaliser. */
    public static final String NORMALISER = "z";

    /** What stands for the softmax. */
    public enum Form {
        /** φ(x) = x, and no normaliser. */
        UNNORMALISED,
        /** φ(x) = elu(x) + 1, with the normaliser. */
        NORMALISED
    }

    public LinearAttention {
        if (heads < 1 || headSize < 1) {
            throw TttException.mismatch(key + ", sizes", "at least 1", heads + " heads of " + headSize);
        }
    }

    @Override
    public String layout() {
        return heads + " heads of " + headSize + " channels, " + form.name().toLowerCase(Locale.ROOT);
    }
}
