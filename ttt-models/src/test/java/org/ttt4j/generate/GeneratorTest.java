package org.ttt4j.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.ttt4j.execution.Execution;
import org.ttt4j.generate.Generation.Finish;
import org.ttt4j.lm.LanguageModel;
import org.ttt4j.ops.State;
import org.ttt4j.tensor.Tensors;
import org.ttt4j.tensor.TttException;
import org.ttt4j.tokenizer.ByteTokenizer;
import org.ttt4j.tokenizer.Tokenizer;

class GeneratorTest {

    private static final Tokenizer TOKENIZER = new ByteTokenizer();
    private static final Options OPTIONS = Options.of(TOKENIZER).withStopTokens(Set.of());
    private static final Options GREEDY = OPTIONS.withSampling(Sampling.greedy());

    private static LanguageModel<?> model;

    @BeforeAll
    static void open() {
        model = Models.open(Execution.reference(DataType.DOUBLE));
    }

    @AfterAll
    static void close() {
        model.close();
    }

    /** Chunks of 3 tokens: long prompts are read in many. */
    private static Generator generator() {
        return new Generator(model, TOKENIZER, 3);
    }

    private static Prompt prompt(String text, long seed) {
        return Prompt.of(TOKENIZER, text, seed);
    }

    @Test
    void greedyIsTheArgmaxOfAFullForward() {
        int[] prompt = TOKENIZER.encode("Once upon");
        Generation g = generator().generate("Once upon", GREEDY.withMaxTokens(12), 0);
        int[] all = concat(prompt, g.ids());
        INDArray logits = model.forward(new int[][] {all}, model.newState(1));
        for (int i = 0; i < g.ids().length; i++) {
            long at = prompt.length - 1 + i;
            int argmax = logits.slice(0).slice(at).argMax().getInt(0);
            assertEquals(argmax, g.ids()[i], "token " + i);
        }
        assertEquals(Finish.LENGTH, g.finish());
        assertEquals(prompt.length, g.promptTokens());
        assertEquals(TOKENIZER.decode(g.ids()), g.text());
    }

    @Test
    void neighboursDoNotMatter() {
        List<Prompt> prompts =
                List.of(prompt("To be, or not to be", 1), prompt("A", 2), prompt("", 3), prompt("The quick brown", 4));
        Options options = OPTIONS.withMaxTokens(9);
        List<Generation> together = generator().generate(prompts, options);
        for (int b = 0; b < prompts.size(); b++) {
            Generation alone =
                    generator().generate(List.of(prompts.get(b)), options).get(0);
            assertArrayEquals(alone.ids(), together.get(b).ids(), "sequence " + b);
        }
        List<Prompt> turned = List.of(prompts.get(3), prompts.get(1), prompts.get(0));
        assertArrayEquals(
                together.get(0).ids(),
                generator().generate(turned, options).get(2).ids());
    }

    @Test
    void neighboursDoNotMatterOnTheFusedExecutor() {
        try (LanguageModel<?> fused = Models.open(Execution.fused())) {
            List<Prompt> prompts = List.of(prompt("To be, or not to be", 1), prompt("A", 2), prompt("The quick", 4));
            List<Generation> together = new Generator(fused, TOKENIZER).generate(prompts, OPTIONS);
            for (int b = 0; b < prompts.size(); b++) {
                List<Prompt> one = List.of(prompts.get(b));
                int[] alone = new Generator(fused, TOKENIZER, 5)
                        .generate(one, OPTIONS)
                        .get(0)
                        .ids();
                assertArrayEquals(alone, together.get(b).ids(), "sequence " + b);
            }
        }
    }

    @Test
    void unequalPromptsLeaveTheStatesOfEachAlone() {
        Conversation both = Conversation.start(model, 2);
        List<Prompt> prompts = List.of(prompt("a prompt of many tokens", 1), prompt("short", 2));
        generator().generate(both, prompts, OPTIONS.withMaxTokens(4), TextListener.NONE);
        for (int b = 0; b < 2; b++) {
            Conversation one = Conversation.start(model, 1);
            generator().generate(one, List.of(prompts.get(b)), OPTIONS.withMaxTokens(4), TextListener.NONE);
            assertSameStates(one, both.select(b));
        }
    }

    @Test
    void sequencesEndOnTheirOwn() {
        List<Prompt> prompts = List.of(prompt("one", 1), prompt("two", 2));
        List<Generation> whole = generator().generate(prompts, OPTIONS.withMaxTokens(10));
        int stop = whole.get(0).ids()[4];
        List<Generation> stopped =
                generator().generate(prompts, OPTIONS.withMaxTokens(10).withStopTokens(Set.of(stop)));
        for (int b = 0; b < 2; b++) {
            int[] all = whole.get(b).ids();
            int end = IntStream.range(0, all.length)
                    .filter(i -> all[i] == stop)
                    .findFirst()
                    .orElse(all.length - 1);
            assertArrayEquals(Arrays.copyOf(all, end + 1), stopped.get(b).ids());
            boolean found = all[end] == stop;
            assertEquals(found ? Finish.STOP : Finish.LENGTH, stopped.get(b).finish());
            int textIds = found ? end : end + 1;
            assertEquals(
                    TOKENIZER.decode(Arrays.copyOf(all, textIds)),
                    stopped.get(b).text());
        }
        assertTrue(stopped.get(0).ids().length <= 5);
        assertNotEquals(stopped.get(0).ids().length, stopped.get(1).ids().length, "one goes on alone");
    }

    @Test
    void endOfTextStopsByDefault() {
        assertEquals(Set.of(TOKENIZER.endOfText()), Options.of(TOKENIZER).stopTokens());
    }

    @Test
    void seedsDecide() {
        Options options = OPTIONS.withMaxTokens(12);
        int[] one = generator().generate("x", options, 1).ids();
        assertArrayEquals(one, generator().generate("x", options, 1).ids());
        assertTrue(!Arrays.equals(one, generator().generate("x", options, 2).ids()));
    }

    @Test
    void piecesAreTheText() {
        StringBuilder[] pieces = {new StringBuilder(), new StringBuilder()};
        List<Generation> done = generator()
                .generate(
                        Conversation.start(model, 2),
                        List.of(prompt("a", 5), prompt("bcdefg", 6)),
                        OPTIONS.withMaxTokens(40).withStopStrings(List.of("e", "\uFFFD\uFFFD\uFFFD")),
                        (b, piece) -> pieces[b].append(piece));
        for (int b = 0; b < 2; b++) {
            assertEquals(pieces[b].toString(), done.get(b).text());
            assertTrue(!done.get(b).text().contains("e"));
        }
    }

    @Test
    void conversationEqualsOneLongPrompt(@TempDir Path directory) {
        Conversation talk = Conversation.start(model, 1);
        Options few = GREEDY.withMaxTokens(6);
        int[] first = say(talk, "Hello there", few);
        assertArrayEquals(new int[] {first[5]}, talk.pending(0));
        Path file = directory.resolve("talk.safetensors");
        talk.save(file);
        Conversation fork = Conversation.load(file, model);
        int[] second = say(talk, " and then", few);

        int[] asked = concat(TOKENIZER.encode("Hello there"), first, TOKENIZER.encode(" and then"));
        Conversation fresh = Conversation.start(model, 1);
        Generation g = generator()
                .generate(fresh, List.of(new Prompt(asked, 0)), few, TextListener.NONE)
                .get(0);
        assertArrayEquals(g.ids(), second);
        assertSameStates(fresh, talk);
        assertArrayEquals(second, say(fork, " and then", few));
    }

    @Test
    void goingOnWithoutAPromptEqualsOneRun() {
        int[] whole = generator().generate("Hello", GREEDY.withMaxTokens(10), 0).ids();
        Conversation talk = Conversation.start(model, 1);
        assertEquals(0, say(talk, "Hello", GREEDY.withMaxTokens(0)).length);
        assertArrayEquals(new int[] {'o'}, talk.pending(0));
        Conversation other = talk.copy();
        int[] parts = concat(say(talk, "", GREEDY.withMaxTokens(3)), say(talk, "", GREEDY.withMaxTokens(7)));
        assertArrayEquals(whole, parts);
        assertArrayEquals(whole, say(other, "", GREEDY.withMaxTokens(10)));
    }

    @Test
    void nothingToGoOnFromIsAnError() {
        Conversation read = Conversation.of(model.newState(1));
        model.next(new int[][] {{1, 2}}, read.state());
        assertThrows(TttException.class, () -> say(read, "", GREEDY));
        assertThrows(
                TttException.class,
                () -> generator().generate(read, List.of(), GREEDY, TextListener.NONE),
                "as many prompts as texts");
    }

    private static int[] say(Conversation talk, String prompt, Options options) {
        return generator()
                .generate(talk, List.of(prompt(prompt, 0)), options, TextListener.NONE)
                .get(0)
                .ids();
    }

    private static void assertSameStates(Conversation expected, Conversation actual) {
        assertArrayEquals(expected.pending(0), actual.pending(0));
        Map<String, INDArray> found = actual.state().save(State.Form.EXACT);
        expected.state()
                .save(State.Form.EXACT)
                .forEach((name, x) ->
                        assertArrayEquals(Tensors.toDoubles(x), Tensors.toDoubles(found.get(name)), 1e-11, name));
    }

    private static int[] concat(int[]... parts) {
        return Arrays.stream(parts).flatMapToInt(Arrays::stream).toArray();
    }
}
