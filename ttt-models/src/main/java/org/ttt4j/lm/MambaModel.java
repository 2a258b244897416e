package org.ttt4j.lm;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.ttt4j.backbone.Block;
import org.ttt4j.backbone.MixerBlock;
import org.ttt4j.config.MambaConfig;
import org.ttt4j.layer.Mamba;
import org.ttt4j.layer.MambaSizes;

/** Mamba language models (Gu and Dao 2023), with the keys of the authors' checkpoints. */
public final class MambaModel {

    private static final String EMBEDDING = "backbone.embedding.weight";

    /** The key that Hugging Face's code writes, and the authors' one. */
    public static final Map<String, String> OTHER_KEYS = Map.of("backbone.embeddings.weight", EMBEDDING);

    private static final CausalLM.Names NAMES =
            new CausalLM.Names(EMBEDDING, "backbone.norm_f.weight", "lm_head.weight");

    private MambaModel() {}

    static CausalLM of(MambaConfig c) {
        MambaSizes sizes = sizes(c);
        List<Block> blocks = IntStream.range(0, c.layers())
                .mapToObj(i -> "backbone.layers." + i + ".")
                .<Block>map(prefix -> new MixerBlock(prefix, c.layerNormEpsilon(), new Mamba(prefix + "mixer.", sizes)))
                .toList();
        return new CausalLM(
                NAMES,
                c.vocabSize(),
                c.hiddenSize(),
                blocks,
                c.layerNormEpsilon(),
                c.tieWordEmbeddings() ? CausalLM.Head.TIED : CausalLM.Head.OWN,
                c.initializerRange());
    }

    private static MambaSizes sizes(MambaConfig c) {
        return new MambaSizes(
                c.hiddenSize(),
                c.innerSize(),
                c.stateSize(),
                c.convKernel(),
                c.timeStepRank(),
                c.useBias(),
                c.useConvBias(),
                Math.max(c.timeStepMin(), c.timeStepFloor()),
                Math.max(c.timeStepMax(), c.timeStepFloor()),
                c.layers());
    }
}
