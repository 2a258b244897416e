package org.ttt4j.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.ttt4j.data.TextCorpus;
import org.ttt4j.data.Tokens;
import org.ttt4j.eval.Evaluation.Range;
import org.ttt4j.execution.Execution;
import org.ttt4j.generate.Models;
import org.ttt4j.lm.LanguageModel;
import org.ttt4j.tensor.Tensors;
import org.ttt4j.tensor.TttException;
import org.ttt4j.tokenizer.ByteTokenizer;
import org.ttt4j.tokenizer.Tokenizer;

class EvaluatorTest {

    private static final Tokenizer TOKENIZER = new ByteTokenizer();
    private static final int END = TOKENIZER.endOfText();

    private static LanguageModel<?> model;
    private static Evaluator evaluator;

    @BeforeAll
    static void open() {
        model = Models.open(Execution.reference(DataType.DOUBLE));
        evaluator = new Evaluator(model, TOKENIZER, 24);
    }

    @AfterAll
    static void close() {
        model.close();
    }

    /** Losses of all predictions in one forward from an empty state. */
    private static double[] losses(int... ids) {
        int[] inputs = Arrays.copyOf(ids, ids.length - 1);
        int[] targets = Arrays.copyOfRange(ids, 1, ids.length);
        return Tensors.toDoubles(model.loss(new int[][] {inputs}, new int[][] {targets}, model.newState(1)));
    }

    private static double mean(double... x) {
        return Arrays.stream(x).average().getAsDouble();
    }

    private static Tokens random(int count) {
        Random random = new Random(5);
        return Tokens.of(
                257, IntStream.generate(() -> random.nextInt(256)).limit(count).toArray());
    }

    @Test
    void windowsEqualTheMeanByHand() {
        Tokens text = random(11);
        double[] first = losses(text.copy(0, 5));
        double[] second = losses(text.copy(4, 5));
        double[] third = losses(text.copy(8, 3)); // the last window is shorter
        double[] all = concat(first, second, third);
        Evaluation e = evaluator.windows(text, 4);
        assertEquals(mean(all), e.loss(), 1e-12);
        assertEquals(Math.exp(mean(all)), e.perplexity(), 1e-9);
        assertEquals(mean(all) / Math.log(2), e.bitsPerByte(), 1e-12);
        assertEquals(10, e.tokens());
        assertRange(
                new Range(0, 1, mean(first[0], second[0], third[0]), 3),
                e.byPosition().get(0));
        assertRange(
                new Range(1, 2, mean(first[1], second[1], third[1]), 3),
                e.byPosition().get(1));
        assertRange(
                new Range(2, 4, mean(first[2], first[3], second[2], second[3]), 4),
                e.byPosition().get(2));
        assertEquals(3, e.byPosition().size());
    }

    private static void assertRange(Range expected, Range actual) {
        assertEquals(expected.from(), actual.from());
        assertEquals(expected.to(), actual.to());
        assertEquals(expected.tokens(), actual.tokens());
        assertEquals(expected.loss(), actual.loss(), 1e-12);
    }

    @ParameterizedTest
    @CsvSource({"1, 7", "3, 7", "8, 64", "2, 1", "50, 20"})
    void rangesAddUp(int batch, int context) {
        Evaluation e = evaluator.withBatch(batch).windows(random(40), context);
        assertEquals(39, e.byPosition().stream().mapToLong(Range::tokens).sum());
        double sum =
                e.byPosition().stream().mapToDouble(r -> r.loss() * r.tokens()).sum();
        assertEquals(e.loss() * e.tokens(), sum, 1e-9);
    }

    @Test
    void batchSizeDoesNotMatter() {
        Tokens text = random(100);
        assertEquals(
                evaluator.withBatch(1).windows(text, 9).loss(),
                evaluator.windows(text, 9).loss(),
                1e-12);
    }

    /** Many chunks: the state is carried. */
    @Test
    void carriedStateEqualsOneLongForward() {
        Tokens text = random(140);
        double[] all = losses(text.copy(0, 140));
        Evaluation e = evaluator.stream(text);
        assertEquals(mean(all), e.loss(), 1e-11);
        Range last = e.byPosition().get(e.byPosition().size() - 1);
        assertRange(new Range(128, 256, mean(Arrays.copyOfRange(all, 128, 139)), 11), last);
    }

    @Test
    void documentsStartFromAnEmptyState() {
        Tokens text = TextCorpus.of(TOKENIZER, "first one", "second", "3").tokens();
        double[] all = concat(
                losses(concat(TOKENIZER.encode("first one"), END)),
                losses(concat(new int[] {END}, concat(TOKENIZER.encode("second"), END))),
                losses(END, '3'));
        Evaluation e = evaluator.documents(text);
        assertEquals(mean(all), e.loss(), 1e-12);
        assertEquals(text.length() - 1, e.tokens());
        int bytes = "irst one".length() + "second".length() + 1; // separators and the first token are none
        assertEquals(Arrays.stream(all).sum() / Math.log(2) / bytes, e.bitsPerByte(), 1e-12);
        assertEquals(
                mean(losses(text.copy(0, text.length()))),
                evaluator.stream(text).loss(),
                1e-12);
    }

    @Test
    void progressIsTold() {
        AtomicLong told = new AtomicLong();
        evaluator.withProgress(told::addAndGet).windows(random(50), 8);
        assertEquals(49, told.get());
    }

    @Test
    void badInputIsNamed() {
        for (Runnable bad : List.<Runnable>of(
                () -> evaluator.windows(random(1), 4),
                () -> evaluator.documents(random(0)),
                () -> evaluator.windows(random(9), 0),
                () -> evaluator.withBatch(0))) {
            assertThrows(TttException.class, bad::run);
        }
    }

    private static double[] concat(double[]... parts) {
        return Arrays.stream(parts).flatMapToDouble(Arrays::stream).toArray();
    }

    private static int[] concat(int[] ids, int... more) {
        return IntStream.concat(Arrays.stream(ids), Arrays.stream(more)).toArray();
    }
}
