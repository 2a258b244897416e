package org.ttt4j.eval;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.function.LongConsumer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.ttt4j.data.Tokens;
import org.ttt4j.lm.LanguageModel;
import org.ttt4j.ops.SequenceState;
import org.ttt4j.tensor.Tensors;
import org.ttt4j.tensor.TttException;
import org.ttt4j.tokenizer.Tokenizer;

/**
 * Measures how well a model predicts a text. The text is cut into sequences, each of which is read from an empty state:
 * windows of a fixed length, whole documents, or all of it as one. Every token but the text's first is predicted exactly
 * once. Sequences are read side by side and in chunks, so that memory does not grow with their length.
 */
public final class Evaluator {

    /** Tokens of one forward pass, over all sequences: bounds the logits that are in memory. */
    private static final int TOKENS = 1024;

    private static final int BATCH = 8;

    private final LanguageModel<?> model;
    private final Tokenizer tokenizer;
    private final int tokens;
    private final int batch;
    private final LongConsumer progress;

    /** Reads up to 8 sequences side by side. */
    public Evaluator(LanguageModel<?> model, Tokenizer tokenizer) {
        this(model, tokenizer, TOKENS);
    }

    /** @param tokens of one forward pass */
    Evaluator(LanguageModel<?> model, Tokenizer tokenizer, int tokens) {
        this(model, tokenizer, tokens, BATCH, predicted -> {});
    }

    private Evaluator(LanguageModel<?> model, Tokenizer tokenizer, int tokens, int batch, LongConsumer progress) {
        if (batch < 1) {
            throw TttException.mismatch("batch size", "at least 1", batch);
        }
        this.model = model;
        this.tokenizer = tokenizer;
        this.tokens = tokens;
        this.batch = batch;
        this.progress = progress;
    }

    /** The same with another number of sequences side by side. */
    public Evaluator withBatch(int sequences) {
        return new Evaluator(model, tokenizer, tokens, sequences, progress);
    }

    /** The same, telling how many more tokens have been predicted. */
    public Evaluator withProgress(LongConsumer listener) {
        return new Evaluator(model, tokenizer, tokens, batch, listener);
    }

    /**
     * Windows that do not overlap, each from an empty state. The last one may be shorter.
     *
     * @param context tokens of a window
     * @throws TttException if the text has fewer than two tokens
     */
    public Evaluation windows(Tokens text, int context) {
        if (context < 1) {
            throw TttException.mismatch("context", "at least 1", context);
        }
        return evaluate(text, cut(text, i -> i % context == 0));
    }

    /**
     * Documents of any length, each from an empty state that is carried through it. A document begins with the separator
     * before it, as in training; what comes first in the text has none.
     *
     * @throws TttException if the text has fewer than two tokens
     */
    public Evaluation documents(Tokens text) {
        return evaluate(text, cut(text, i -> i == 0 || text.get(i) == tokenizer.endOfText()));
    }

    /**
     * All of the text as one sequence, the state carried across the borders of documents too.
     *
     * @throws TttException if the text has fewer than two tokens
     */
    public Evaluation stream(Tokens text) {
        return evaluate(text, cut(text, i -> i == 0));
    }

    /** Inputs from one index to another; the targets are the tokens behind them. */
    private record Span(int from, int to) {}

    private static List<Span> cut(Tokens text, IntPredicate begins) {
        if (text.length() < 2) {
            throw TttException.mismatch("text", "at least 2 tokens", text.length());
        }
        int end = text.length() - 1;
        List<Span> spans = new ArrayList<>();
        int from = 0;
        for (int i = 1; i <= end; i++) {
            if (i == end || begins.test(i)) {
                spans.add(new Span(from, i));
                from = i;
            }
        }
        return spans;
    }

    private Evaluation evaluate(Tokens text, List<Span> spans) {
        int lanes = Math.min(batch, spans.size());
        Iterator<Span> waiting = spans.iterator();
        Span[] reading = new Span[lanes];
        Arrays.fill(reading, new Span(0, 0));
        SequenceState state = model.newState(lanes);
        Tally tally = new Tally();
        while (refill(reading, waiting, state)) {
            int[] lengths = Arrays.stream(reading)
                    .mapToInt(span -> Math.min(span.to - span.from, Math.max(1, tokens / lanes)))
                    .toArray();
            read(text, reading, lengths, state, tally);
            for (int b = 0; b < lanes; b++) {
                reading[b] = new Span(reading[b].from + lengths[b], reading[b].to);
            }
        }
        return tally.evaluation();
    }

    /** Gives every place in the batch that has come to its end the next sequence, if there is one. */
    private static boolean refill(Span[] reading, Iterator<Span> waiting, SequenceState state) {
        for (int b = 0; b < reading.length; b++) {
            if (reading[b].from == reading[b].to && waiting.hasNext()) {
                reading[b] = waiting.next();
                state.reset(b);
            }
        }
        return Arrays.stream(reading).anyMatch(span -> span.from < span.to);
    }

    private void read(Tokens text, Span[] reading, int[] lengths, SequenceState state, Tally tally) {
        int[][] ids = new int[lengths.length][];
        int[][] targets = new int[lengths.length][];
        long[] positions = new long[lengths.length];
        for (int b = 0; b < lengths.length; b++) {
            ids[b] = text.copy(reading[b].from, lengths[b]);
            targets[b] = text.copy(reading[b].from + 1, lengths[b]);
            positions[b] = state.position(b);
        }
        INDArray losses = model.loss(ids, targets, state);
        double[] loss = Tensors.toDoubles(losses);
        int L = (int) losses.size(1);
        for (int b = 0; b < lengths.length; b++) {
            for (int t = 0; t < lengths[b]; t++) {
                tally.add(positions[b] + t, loss[b * L + t], tokenizer.bytes(targets[b][t]).length);
            }
        }
        progress.accept(Arrays.stream(lengths).sum());
    }
}
