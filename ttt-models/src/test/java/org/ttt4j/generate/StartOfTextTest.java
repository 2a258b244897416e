package org.ttt4j.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.ttt4j.data.TextCorpus;
import org.ttt4j.execution.Execution;
import org.ttt4j.lm.CausalLM;
import org.ttt4j.lm.LanguageModel;
import org.ttt4j.param.WeightSource;
import org.ttt4j.tokenizer.JsonTokenizer;
import org.ttt4j.tokenizer.Samples;

/** Tokenizers whose texts begin with a special id. */
class StartOfTextTest {

    private final JsonTokenizer tokenizer = Samples.tokenizer(Samples.SENTENCEPIECE);
    private final Options options = Options.of(tokenizer)
            .withSampling(Sampling.greedy())
            .withStopTokens(Set.of())
            .withMaxTokens(4);

    @Test
    void aTextBeginsOnce() {
        int[] ids = tokenizer.encode("the king");
        try (LanguageModel<?> model = LanguageModel.open(
                CausalLM.of(Models.config().with(Map.of("vocab_size", 1200))),
                WeightSource.init(3),
                Execution.reference(DataType.DOUBLE))) {
            Generator generator = new Generator(model, tokenizer);
            Generation whole = generator.generate("the king", options, 1);
            assertEquals(1 + ids.length, whole.promptTokens());
            Conversation conversation = Conversation.start(model, 1);
            Generation nothing = write(generator, conversation, new int[0], options.withMaxTokens(0));
            assertEquals(1, nothing.promptTokens());
            Generation parts = write(generator, conversation, ids, options);
            assertArrayEquals(whole.ids(), parts.ids());
            Generation free = generator.generate("", options, 1);
            assertEquals(tokenizer.decode(free.ids()), free.text());
        }
    }

    private static Generation write(Generator generator, Conversation conversation, int[] ids, Options options) {
        return generator
                .generate(conversation, List.of(new Prompt(ids, 1)), options, TextListener.NONE)
                .get(0);
    }

    @Test
    void everyDocumentBegins() {
        TextCorpus corpus = TextCorpus.of(tokenizer, "the king", "a");
        int[] first = tokenizer.encode("the king");
        int[] second = tokenizer.encode("a");
        int[] all = corpus.tokens().copy(0, corpus.tokens().length());
        int[] expected = IntStream.concat(
                        IntStream.concat(IntStream.of(1), IntStream.of(first)),
                        IntStream.concat(IntStream.of(2, 1), IntStream.of(second)))
                .toArray();
        assertArrayEquals(expected, all);
    }
}
