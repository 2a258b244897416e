package org.ttt4j.tokenizer;

import java.util.Map;
import java.util.function.Supplier;
import org.ttt4j.tensor.TttException;

/** The tokenizers that a checkpoint can name. */
public final class Tokenizers {

    private static final Map<String, Supplier<Tokenizer>> KNOWN = Map.of("byte", ByteTokenizer::new);

    private Tokenizers() {}

    /**
     * The tokenizer of that name.
     *
     * @throws TttException if there is none
     */
    public static Tokenizer byName(String name) {
        Supplier<Tokenizer> known = KNOWN.get(name);
        if (known == null) {
            throw TttException.mismatch("tokenizer", "one of " + KNOWN.keySet(), name);
        }
        return known.get();
    }
}
