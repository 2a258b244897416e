package org.ttt4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.ttt4j.config.InnerKind;
import org.ttt4j.lm.CausalLM;
import org.ttt4j.param.Param;
import org.ttt4j.tensor.TttException;

class OptimizationTest {

    private final List<Param> params =
            CausalLM.of(Small.config(InnerKind.LINEAR)).params();

    @Test
    void decayGroups() {
        assertTrue(params.stream().allMatch(Decay.ALL::shrinks));
        Set<String> spared = params.stream()
                .filter(p -> !Decay.MATRICES.shrinks(p))
                .map(p -> p.key().replace("model.layers.0.", "").replace("seq_modeling_block.", ""))
                .collect(Collectors.toSet());
        assertEquals(
                Set.of(
                        "learnable_token_idx",
                        "conv_q.bias",
                        "conv_k.bias",
                        "post_norm.weight",
                        "post_norm.bias",
                        "conv.norm.weight",
                        "conv.conv.bias",
                        "seq_norm.weight",
                        "ffn_norm.weight",
                        "model.norm.weight"),
                spared);
    }

    @Test
    void frozenParametersByKeyOrPattern() {
        assertEquals(params, Small.frozen().trained(params));
        List<Param> trained =
                Small.frozen("model.norm.weight", "*.seq_modeling_block.*").trained(params);
        assertTrue(trained.stream()
                .noneMatch(
                        p -> p.key().contains("seq_modeling_block") || p.key().equals("model.norm.weight")));
        assertEquals(
                9,
                trained.size(),
                "embedding, three of the feed-forward, two norms, three of the convolution: " + trained);
    }

    @Test
    void aPatternThatFitsNothingIsAnError() {
        for (String bad : List.of("norm", "model.norm.weigh.", "")) {
            TttException e =
                    assertThrows(TttException.class, () -> Small.frozen(bad).trained(params));
            assertTrue(e.getMessage().endsWith("found " + bad), e.getMessage());
        }
        assertThrows(TttException.class, () -> Small.frozen("*").trained(params));
    }
}
