package org.ttt4j.generate;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.ttt4j.lm.LanguageModel;
import org.ttt4j.tensor.Tensors;
import org.ttt4j.tensor.TttException;
import org.ttt4j.tokenizer.StreamingDecoder;
import org.ttt4j.tokenizer.Tokenizer;

/**
 * Writes text with a model. The sequences of a batch may have prompts of any lengths and end at any time: a sequence that
 * has nothing to read brings no token, and padding never enters a state. Long prompts are read in chunks, so that the
 * memory does not grow with them.
 */
public final class Generator {

    private static final int CHUNK = 512;

    private final LanguageModel<?> model;
    private final Tokenizer tokenizer;
    private final int chunk;

    /** @throws TttException if the model's vocabulary is smaller than the tokenizer's */
    public Generator(LanguageModel<?> model, Tokenizer tokenizer) {
        this(model, tokenizer, CHUNK);
    }

    /** @param chunk the most tokens that a sequence brings at once */
    Generator(LanguageModel<?> model, Tokenizer tokenizer, int chunk) {
        if (model.lm().vocabulary() < tokenizer.vocabularySize()) {
            throw TttException.mismatch(
                    "vocabulary of the model",
                    "at least the " + tokenizer.vocabularySize() + " ids of its tokenizer",
                    model.lm().vocabulary());
        }
        this.model = model;
        this.tokenizer = tokenizer;
        this.chunk = chunk;
    }

    /** Goes on from a prompt. */
    public Generation generate(String prompt, Options options, long seed) {
        return generate(List.of(Prompt.of(tokenizer, prompt, seed)), options).get(0);
    }

    /** Goes on from prompts, side by side. */
    public List<Generation> generate(List<Prompt> prompts, Options options) {
        return generate(Conversation.start(model, prompts.size()), prompts, options, TextListener.NONE);
    }

    /**
     * Lengthens texts by prompts and goes on from there. A text that is still empty begins with the tokenizer's start of
     * text; if it has none and the prompt is empty too, with the end of text, behind which a model has seen texts begin.
     *
     * @param conversation moves on
     * @param prompts one for every text; may be empty for a text that has begun
     * @param listener sees every text as it is written
     */
    public List<Generation> generate(
            Conversation conversation, List<Prompt> prompts, Options options, TextListener listener) {
        if (prompts.size() != conversation.batch()) {
            throw TttException.mismatch("prompts", conversation.batch() + ", one for each sequence", prompts.size());
        }
        Writer[] writers = new Writer[prompts.size()];
        for (int b = 0; b < writers.length; b++) {
            int sequence = b;
            StreamingDecoder decoder = begin(conversation, b, prompts.get(b).ids());
            writers[b] = new Writer(
                    prompts.get(b),
                    conversation.pendingCount(b),
                    options,
                    new TextStream(decoder, options.stopStrings(), piece -> listener.onText(sequence, piece)));
        }
        while (true) {
            int[] counts = IntStream.range(0, writers.length)
                    .map(b -> writers[b].count(conversation.pendingCount(b), chunk))
                    .toArray();
            if (Arrays.stream(counts).sum() == 0) {
                return Arrays.stream(writers).map(Writer::result).toList();
            }
            double[] logits = Tensors.toDoubles(conversation.read(model, counts));
            int V = logits.length / writers.length;
            for (int b = 0; b < writers.length; b++) {
                if (counts[b] > 0 && conversation.pendingCount(b) == 0) {
                    conversation.append(
                            b, writers[b].next(Arrays.copyOfRange(logits, b * V, b * V + tokenizer.vocabularySize())));
                }
            }
        }
    }

    /** Appends what a text is to go on from, and gives what decodes the rest. */
    private StreamingDecoder begin(Conversation conversation, int b, int[] ids) {
        boolean pending = conversation.pendingCount(b) > 0;
        if (pending || conversation.state().position(b) > 0) {
            if (ids.length == 0 && !pending) {
                throw TttException.mismatch("prompt " + b, "at least one token, as nothing is pending", "none");
            }
            conversation.append(b, ids);
            return StreamingDecoder.ofContinuation(tokenizer);
        }
        int[] start = tokenizer.startOfText();
        conversation.append(b, start);
        conversation.append(b, ids);
        if (start.length + ids.length == 0) {
            conversation.append(b, tokenizer.endOfText());
        }
        return ids.length == 0 ? StreamingDecoder.ofText(tokenizer) : StreamingDecoder.ofContinuation(tokenizer);
    }
}
