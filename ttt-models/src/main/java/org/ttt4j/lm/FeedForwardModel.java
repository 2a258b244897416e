package org.ttt4j.lm;

import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.ttt4j.backbone.Block;
import org.ttt4j.backbone.BlockConfig;
import org.ttt4j.backbone.FeedForwardBlock;
import org.ttt4j.config.FeedForwardConfig;
import org.ttt4j.layer.SequenceMixer;

/** A stack of {@link FeedForwardBlock}s under Llama's keys: what is the same whatever mixes the tokens. */
final class FeedForwardModel {

    private FeedForwardModel() {}

    /**
     * Composes the model.
     *
     * @param mixerNorm name of the norm before the mixer
     * @param feedForwardNorm name of the norm before the feed-forward
     * @param mixer makes a block's mixer of the prefix of the block's keys
     */
    static CausalLM of(
            FeedForwardConfig c, String mixerNorm, String feedForwardNorm, Function<String, SequenceMixer> mixer) {
        BlockConfig block = new BlockConfig(
                c.hiddenSize(),
                c.intermediateSize(),
                c.rmsNormEps(),
                c.preConv() ? c.convKernel() : 0,
                c.initializerRange(),
                mixerNorm,
                feedForwardNorm);
        List<Block> blocks = IntStream.range(0, c.layers())
                .mapToObj(i -> "model.layers." + i + ".")
                .<Block>map(prefix -> new FeedForwardBlock(prefix, block, mixer.apply(prefix)))
                .toList();
        return new CausalLM(
                CausalLM.Names.LLAMA,
                c.vocabSize(),
                c.hiddenSize(),
                blocks,
                c.rmsNormEps(),
                c.tieWordEmbeddings() ? CausalLM.Head.TIED : CausalLM.Head.OWN,
                c.initializerRange());
    }
}
