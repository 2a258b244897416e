package org.ttt4j.lm;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.ttt4j.backbone.Block;
import org.ttt4j.config.LlamaConfig;
import org.ttt4j.config.MambaConfig;
import org.ttt4j.config.ModelConfig;
import org.ttt4j.config.TTTConfig;
import org.ttt4j.ops.Chunk;
import org.ttt4j.ops.Linear;
import org.ttt4j.ops.Ops;
import org.ttt4j.ops.Projection;
import org.ttt4j.ops.StateSpec;
import org.ttt4j.param.Init;
import org.ttt4j.param.Param;
import org.ttt4j.tensor.TttException;

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
    private final Names names;

    /** Whether the head shares the embedding's table. */
    public enum Head {
        TIED,
        OWN
    }

    /**
     * Where the parts outside the blocks are in a checkpoint.
     *
     * @param embedding the table of the tokens
     * @param norm the final norm
     * @param head the head, where it is not the embedding
     */
    public record Names(String embedding, String norm, String head) {

        /** As in Llama and the authors' code. */
        public static final Names LLAMA = new Names("model.embed_tokens.weight", "model.norm.weight", "lm_head.weight");
    }

    /**
     * @param vocabulary V
     * @param hidden C
     * @param normEps epsilon of the final norm
     * @param initStd standard deviation of embedding and head at the start
     */
    public CausalLM(
            Names names, int vocabulary, int hidden, List<Block> blocks, double normEps, Head head, double initStd) {
        this.names = names;
        this.embedding = new Param(names.embedding(), Init.normal(initStd), vocabulary, hidden);
        this.blocks = List.copyOf(blocks);
        this.norm = new Param(names.norm(), Init.ones(), hidden);
        this.normEps = normEps;
        this.tied = head == Head.TIED;
        this.head = Projection.of(
                new Linear(tied ? embedding : new Param(names.head(), Init.normal(initStd), vocabulary, hidden)));
    }

    /** The model that a configuration describes, with the keys of its kind's checkpoints. */
    public static CausalLM of(ModelConfig config) {
        if (config instanceof TTTConfig ttt) {
            return TTTModel.of(ttt);
        } else if (config instanceof LlamaConfig llama) {
            return LlamaModel.of(llama);
        } else if (config instanceof MambaConfig mamba) {
            return MambaModel.of(mamba);
        }
        throw TttException.mismatch("mixer", "one that there is a layer for", config.mixer());
    }

    /** All parameters in checkpoint order; a tied head is not a parameter of its own. */
    public List<Param> params() {
        List<Param> all = new ArrayList<>(List.of(embedding));
        blocks.forEach(b -> all.addAll(b.params()));
        all.add(norm);
        if (!tied) {
            all.add(head.maps().get(0).weight());
        }
        return all;
    }

    /** Keys under which some writers repeat the values of a parameter: the head of a tied model, which is its embedding. */
    public Map<String, String> repeatedKeys() {
        return tied ? Map.of(names.head(), names.embedding()) : Map.of();
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
