package org.ttt4j.ops;

import org.ttt4j.tensor.TttException;

/**
 * Causal softmax attention of one layer, {@code softmax(q kᵀ/√D) v} over everything that a sequence has read. Its memory
 * are the keys, as they come in (after the rotation), and the values of every token.
 *
 * @param key the cache's name in a {@link SequenceState}
 * @param heads H, query heads
 * @param keyValueHeads heads of keys and values, a divisor of H; query head h reads head {@code h / (H / keyValueHeads)}
 * @param headSize D
 */
public record Attention(String key, int heads, int keyValueHeads, int headSize) implements StateSpec {

    public Attention {
        if (heads < 1 || headSize < 1) {
            throw TttException.mismatch(key + ", sizes", "at least 1", heads + " heads of " + headSize);
        }
        if (keyValueHeads < 1 || heads % keyValueHeads != 0) {
            throw TttException.mismatch(key + ", key-value heads", "a divisor of " + heads + " heads", keyValueHeads);
        }
    }

    @Override
    public String layout() {
        return keyValueHeads + " heads of " + headSize + " channels, read by " + heads;
    }
}
