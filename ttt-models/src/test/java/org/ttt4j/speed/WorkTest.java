package org.ttt4j.speed;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.ttt4j.config.Backbone;
import org.ttt4j.config.InnerKind;
import org.ttt4j.config.LlamaConfig;
import org.ttt4j.config.TTTConfig;
import org.ttt4j.lm.CausalLM;
import org.ttt4j.matrix.WeightType;
import org.ttt4j.param.Init;
import org.ttt4j.param.Param;

class WorkTest {

    /** C = 16, H = 2, D = 8, K = 4, feed-forward 24, two blocks, vocabulary 257. */
    private static final TTTConfig TINY = TTTConfig.preset("tiny")
            .withBackbone(Backbone.MAMBA)
            .with(Map.of("hidden_size", 16, "num_attention_heads", 2, "intermediate_size", 24, "mini_batch_size", 4));

    private static final TTTConfig LARGE = TTTConfig.preset("125m").withBackbone(Backbone.MAMBA);

    private static long flops(TTTConfig config, int batch, int length, Logits logits) {
        return Work.forward(CausalLM.of(config), batch, length, logits, WeightType.FLOAT32)
                .flops();
    }

    private static long bytes(TTTConfig config, int batch, int length) {
        return Work.forward(CausalLM.of(config), batch, length, Logits.LAST, WeightType.FLOAT32)
                .bytes();
    }

    @Test
    void countsByHand() {
        long block = 4 * 16 * 16 + 2 * 16 + 3 * 16 * 24; // q, v, gate, output; rate; feed-forward
        long head = 257 * 16;
        // Six tokens: a mini-batch of four and one of two.
        long linear = 2 * (3 * 4 * 64 + 2 * 16 * 8 + 3 * 2 * 64 + 2 * 4 * 8);
        assertEquals(2 * (2 * (6 * block + linear) + 6 * head), flops(TINY, 1, 6, Logits.ALL));
        assertEquals(2 * (2 * (6 * block + linear) + head), flops(TINY, 1, 6, Logits.LAST));
        long mlp = 2 * (7 * 4 * 8 * 32 + 2 * 16 * 40 + 7 * 2 * 8 * 32 + 2 * 4 * 40);
        TTTConfig wide = TINY.withInner(InnerKind.MLP);
        assertEquals(2 * 3 * (2 * (6 * block + mlp) + 6 * head), flops(wide, 3, 6, Logits.ALL));
        assertEquals(
                3 * flops(wide, 1, 6, Logits.ALL),
                Work.training(CausalLM.of(wide), 1, 6, WeightType.FLOAT32).flops());
    }

    @Test
    void bytesAreWeightsOnceAndInnerWeightsForEverySequence() {
        long weights = 2 * (4 * 16 * 16 + 2 * 16 + 3 * 16 * 24) + 257 * 16;
        long linear = 2 * 2 * (8 * 8 + 8 + 2 * 8);
        assertEquals(4 * (weights + linear), bytes(TINY, 1, 1));
        assertEquals(4 * (weights + 5 * linear), bytes(TINY, 5, 1));
        long mlp = 2 * 2 * (8 * 32 + 32 + 32 * 8 + 8 + 2 * 8 + 2 * 32);
        assertEquals(4 * (weights + 5 * mlp), bytes(TINY.withInner(InnerKind.MLP), 5, 1));
    }

    /** A query meets itself and all before; keys and values of all are read. */
    @Test
    void attention() {
        LlamaConfig llama = LlamaConfig.preset("tiny").with(Map.of("num_key_value_heads", 1));
        CausalLM lm = CausalLM.of(llama);
        Work none = Work.forward(lm, 1, 0, Logits.LAST, WeightType.FLOAT32);
        Work first = Work.forward(lm, 2, 3, Logits.LAST, WeightType.FLOAT32);
        Work later = Work.forward(lm, 2, 7, 3, Logits.LAST, WeightType.FLOAT32);
        long width = (long) llama.heads() * llama.headSize();
        long earlier = 2 * 3 * 7 * llama.layers(); // pairs of a query and a key of before
        assertEquals(4 * earlier * width, later.flops() - first.flops());
        long token = 2L * llama.headSize() * Float.BYTES * llama.layers();
        assertEquals(2 * 3 * token, first.bytes() - none.bytes());
        assertEquals(2 * 10 * token, later.bytes() - none.bytes());
    }

    @Test
    void bytesOfTheTypes() {
        Param matrix = new Param("w", Init.zeros(), 5, 40);
        assertEquals(4 * 200, Work.bytes(matrix, WeightType.FLOAT32));
        assertEquals(2 * 200, Work.bytes(matrix, WeightType.BFLOAT16));
        assertEquals(
                200 + 5 * 2 * 4, Work.bytes(matrix, WeightType.Q8_0), "the last block is short, its scale is whole");
        Param rates = new Param("r", Init.zeros(), 2, 1, 40);
        assertEquals(4 * 80, Work.bytes(rates, WeightType.Q8_0));
    }

    /** The paper's smallest model on 2,048 tokens. */
    @Test
    void the125mModel() {
        double giga = 1e9;
        double rates = 12 * 2.0 * 2048 * 12 * 768 / giga;
        double linear = 12 * 128 * 5.505 / 1e3;
        double head = 2.0 * 32000 * 768 / giga;
        // Seven matrices: q, v, gate, output and the feed-forward's three.
        double layers = 12 * 2.0 * 2048 * (4 * 768 * 768 + 3 * 768 * 2048) / giga;
        assertEquals(347.9, layers, 0.05);
        assertEquals(layers + rates + linear + head, flops(LARGE, 1, 2048, Logits.LAST) / giga, 0.01);
        assertEquals(layers + rates + linear + 2048 * head, flops(LARGE, 1, 2048, Logits.ALL) / giga, 0.01);
        double mlp = 12 * 128 * 47.972 / 1e3;
        TTTConfig wide = LARGE.withInner(InnerKind.MLP);
        assertEquals(layers + rates + mlp + head, flops(wide, 1, 2048, Logits.LAST) / giga, 0.02);
        // With the gate, and keys from a matrix of their own.
        TTTConfig eight = LARGE.with(Map.of("share_qk", false));
        assertEquals(376.9, flops(eight, 1, 2048, Logits.LAST) / giga - rates - linear - head, 0.05);
        // 438 MB of matrices and 2.4 MB of inner weights.
        assertEquals(438.5 + 2.5, bytes(LARGE, 1, 1) / 1e6, 0.3);
    }

    @Test
    void knowsEveryProjection() {
        List<Integer> outputs = Work.projections(CausalLM.of(TINY)).stream()
                .map(p -> p.maps().stream().mapToInt(m -> m.out()).sum())
                .toList();
        List<Integer> block = List.of(3 * 16 + 2, 16, 48, 16);
        assertEquals(9, outputs.size());
        assertEquals(block, outputs.subList(0, 4));
        assertEquals(block, outputs.subList(4, 8));
        assertEquals(257, outputs.get(8));
    }
}
