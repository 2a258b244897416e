package org.ttt4j.lm;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import org.ttt4j.backbone.Block;
import org.ttt4j.backbone.BlockConfig;
import org.ttt4j.config.InnerKind;
import org.ttt4j.config.TTTConfig;
import org.ttt4j.inner.LinearModel;
import org.ttt4j.inner.MlpModel;
import org.ttt4j.layer.LayerConfig;
import org.ttt4j.layer.LayerConfig.Feature;
import org.ttt4j.layer.TTTLayer;
import org.ttt4j.ops.Chunk;
import org.ttt4j.ops.Linear;
import org.ttt4j.ops.Ops;
import org.ttt4j.ops.Projection;
import org.ttt4j.ops.StateSpec;
import org.ttt4j.param.Init;
import org.ttt4j.param.Param;

/**
 * The composition of a causal language model: token embedding, residual blocks, final norm, output head. Declarations
 * only.
 */
public final class CausalLM {

    private final Param embedding;
    private final List<Block> blocks;
    private final Param norm;
    private final double normEps;
    private final Projection head;
    private final boolean tied;

    /** Whether the head shares the embedding's table. */
    public enum Head {
        TIED,
        OWN
    }

    /**
     * @param vocabulary V
     * @param hidden C
     * @param normEps epsilon of the final norm
     * @param initStd standard deviation of embedding and head at the start
     */
    public CausalLM(int vocabulary, int hidden, List<Block> blocks, double normEps, Head head, double initStd) {
        this.embedding = new Param("model.embed_tokens.weight", Init.normal(initStd), vocabulary, hidden);
        this.blocks = List.copyOf(blocks);
        this.norm = new Param("model.norm.weight", Init.ones(), hidden);
        this.normEps = normEps;
        this.tied = head == Head.TIED;
        this.head = Projection.of(
                new Linear(tied ? embedding : new Param("lm_head.weight", Init.normal(initStd), vocabulary, hidden)));
    }

    /** The model that a configuration describes, with the authors' keys. */
    public static CausalLM of(TTTConfig c) {
        LayerConfig layer = layerConfig(c);
        BlockConfig block = new BlockConfig(
                c.hiddenSize(),
                c.intermediateSize(),
                c.rmsNormEps(),
                c.preConv() ? c.convKernel() : 0,
                c.initializerRange());
        List<Block> blocks = IntStream.range(0, c.layers())
                .mapToObj(i -> "model.layers." + i + ".")
                .map(prefix -> new Block(prefix, block, new TTTLayer(prefix + "seq_modeling_block.", layer)))
                .toList();
        Head head = c.tieWordEmbeddings() ? Head.TIED : Head.OWN;
        return new CausalLM(c.vocabSize(), c.hiddenSize(), blocks, c.rmsNormEps(), head, c.initializerRange());
    }

    /** The TTT layer of a configuration's blocks. */
    public static LayerConfig layerConfig(TTTConfig c) {
        Set<Feature> features = EnumSet.noneOf(Feature.class);
        if (c.useGate()) {
            features.add(Feature.GATE);
        }
        if (c.shareQk()) {
            features.add(Feature.SHARED_QK);
        }
        return LayerConfig.of(c.hiddenSize(), c.heads())
                .withModel(c.inner() == InnerKind.LINEAR ? new LinearModel() : new MlpModel())
                .withMiniBatch(c.miniBatch())
                .withBaseRate(c.baseLearningRate())
                .withRopeTheta(c.ropeTheta())
                .withConvKernel(c.convKernel())
                .withFeatures(features)
                .withInitStd(c.initializerRange());
    }

    /** All parameters in the order of the authors' checkpoints; a tied head is not a parameter of its own. */
    public List<Param> params() {
        List<Param> all = new ArrayList<>(List.of(embedding));
        blocks.forEach(b -> all.addAll(b.params()));
        all.add(norm);
        if (!tied) {
            all.add(head.maps().get(0).weight());
        }
        return all;
    }

    public List<StateSpec> states() {
        return blocks.stream().flatMap(b -> b.states().stream()).toList();
    }

    /** V. */
    public int vocabulary() {
        return (int) embedding.shape()[0];
    }

    /**
     * The normalised last hidden state of every token.
     *
     * @param ids token ids per sequence, the chunk's lengths of them
     * @param afterBlock sees the residual stream [B, L, C] after every block
     * @return [B, L, C]
     */
    public <A> A hidden(Ops<A> ops, int[][] ids, Chunk chunk, BiConsumer<Integer, A> afterBlock) {
        A h = ops.embed(embedding, ids);
        for (int i = 0; i < blocks.size(); i++) {
            Block block = blocks.get(i);
            A stream = h;
            h = ops.scope(() -> block.forward(ops, stream, chunk));
            afterBlock.accept(i, h);
        }
        return ops.rmsNorm(norm, normEps, h);
    }

    /** As above, without a look inside. */
    public <A> A hidden(Ops<A> ops, int[][] ids, Chunk chunk) {
        return hidden(ops, ids, chunk, (i, h) -> {});
    }

    /**
     * Logits of the next token.
     *
     * @param hidden [B, L, C]
     * @return [B, L, V]
     */
    public <A> A logits(Ops<A> ops, A hidden) {
        return ops.project(head, hidden).get(0);
    }
}
