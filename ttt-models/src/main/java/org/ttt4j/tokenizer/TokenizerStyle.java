package org.ttt4j.tokenizer;

/** The two kinds of byte-pair encoding that {@link BpeTrainer} makes. */
public enum TokenizerStyle {
    /**
     * As GPT-2: a text's bytes are the first tokens, ids 0 to 255; words are cut by GPT-2's rule. {@code <|endoftext|>}
     * is the last id.
     */
    BYTE_LEVEL,

    /**
     * As Llama 2: {@code <unk>}, {@code <s>} and {@code </s>} are 0, 1 and 2, then come the 256 bytes for characters that
     * are rare, then the frequent characters. A space is U+2581 and belongs to the word behind it; every text begins with
     * one.
     */
    SENTENCEPIECE
}
